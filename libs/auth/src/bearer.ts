import { TokenRefusal } from './token-refusal.js';

/** RFC 6750, 2.1. */
const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i;

/**
 * The token of an `Authorization` header, or undefined where there is none.
 * @throws TokenRefusal where there is something else
 */
export function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const token = BEARER.exec(header)?.[1];
  if (token !== undefined) return token;
  throw new TokenRefusal('The header Authorization must be "Bearer", a blank and the token.');
}
