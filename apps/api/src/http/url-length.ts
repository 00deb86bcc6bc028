import { Problem } from '#problems';

/** What a server must be able to take (RFC 9110, 4.1), and more than any question here has. */
const MAX_URL_LENGTH = 8_000;

/** The refusal of a URL that is too long, if it is. */
export function urlTooLong(url: string): Problem | undefined {
  if (url.length <= MAX_URL_LENGTH) return undefined;
  return new Problem('url-too-long', `A URL may have ${MAX_URL_LENGTH} characters here.`);
}
