import { type Identity } from './identity.js';
import { TokenRefusal } from './token-refusal.js';

/** What a token must say to be taken. */
export interface Expectations {
  /** What its {@link Identity} has as issuer. */
  readonly knownAs: string;
  /** What `iss` must be; null: it is not looked at. */
  readonly issuer: string | null;
  /** What `aud` must have one of; empty: there must be no `aud`. */
  readonly audiences: readonly string[];
  /** Whether it must name somebody and end some day. */
  readonly complete: boolean;
  readonly clockSkewS: number;
  /** Seconds since 1970. */
  readonly now: number;
}

/** It goes into logs, into the database and into headers. */
const SUBJECT = /^[^\p{Cc}\p{Cs}]{1,255}$/u;
const LATEST_S = 8.64e12;

/** @throws TokenRefusal with the reason */
export function identityOf(
  claims: Readonly<Record<string, unknown>>,
  expected: Expectations,
): Identity {
  const { iss, sub } = claims;
  if (expected.issuer !== null && iss !== expected.issuer) refuse('is of another issuer (iss)');
  checkAudience(claims['aud'], expected.audiences);
  const ends = time(claims, 'exp');
  const begins = time(claims, 'nbf');
  const { now, clockSkewS } = expected;
  if (ends === undefined && expected.complete) refuse('does not say when it ends (exp)');
  if (ends !== undefined && now >= ends + clockSkewS) {
    refuse(`has expired, at ${new Date(ends * 1000).toISOString()}`);
  }
  if (begins !== undefined && now < begins - clockSkewS) {
    refuse(`is not valid before ${new Date(begins * 1000).toISOString()} (nbf)`);
  }
  if (sub === undefined && expected.complete) refuse('does not say whose it is (sub)');
  if (sub !== undefined && (typeof sub !== 'string' || !SUBJECT.test(sub))) {
    refuse('has a subject (sub) that is no text of 1 to 255 characters');
  }
  return {
    subject: sub ?? null,
    issuer: expected.knownAs,
    expires: ends === undefined ? null : new Date(ends * 1000),
    claims,
  };
}

function checkAudience(aud: unknown, audiences: readonly string[]): void {
  if (aud === undefined && audiences.length === 0) return;
  if (aud === undefined) refuse('is for no audience (aud)');
  const named: unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!named.some((each) => typeof each === 'string' && audiences.includes(each))) {
    refuse('is for another audience (aud)');
  }
}

/** @returns seconds since 1970 */
function time(claims: Readonly<Record<string, unknown>>, claim: 'exp' | 'nbf'): number | undefined {
  const value = claims[claim];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && value >= 0 && value <= LATEST_S) return value;
  return refuse(`has a time that cannot be read (${claim})`);
}

function refuse(what: string): never {
  throw new TokenRefusal(`The token ${what}.`);
}
