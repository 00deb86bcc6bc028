import { ConfigError, type Environment, text } from './environment.js';

export interface SharedSecretConfig {
  readonly secret: string;
  /** What `iss` must be; null: it is not looked at. */
  readonly issuer: string | null;
  /** What `aud` must have one of; empty: a token must have none. */
  readonly audiences: readonly string[];
}

/** As long as the hash of HS256, RFC 7518, 3.2. */
const MIN_BYTES = 32;
/** What the reference comes with, and its documentation shows. */
const KNOWN_TO_ALL = /change.?to.?something|change.?me|your.?secret.?key|django-insecure/i;

/** @throws ConfigError for a secret that anybody could guess; it is never told itself */
export function readSharedSecret(env: Environment): SharedSecretConfig {
  const secret = env['JWT_SECRET'] ?? '';
  if (secret.trim() === '') {
    throw new ConfigError(
      'JWT_SECRET is not set, but CDB_AUTH_CLASS is: set it to the secret that tokens are signed with.',
    );
  }
  if (KNOWN_TO_ALL.test(secret)) {
    throw new ConfigError(
      'JWT_SECRET is one that everybody knows from documentation: make one with openssl rand -base64 48.',
    );
  }
  const bytes = Buffer.byteLength(secret);
  if (bytes < MIN_BYTES) {
    throw new ConfigError(
      `JWT_SECRET has ${bytes} bytes, but must have at least ${MIN_BYTES}: make one with openssl rand -base64 48.`,
    );
  }
  return {
    secret,
    issuer: text(env, 'CDB_JWT_ISSUER') ?? null,
    audiences: text(env, 'CDB_JWT_AUDIENCE')?.split(/\s+/) ?? [],
  };
}
