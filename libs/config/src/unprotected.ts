import { type Config } from './config.js';
import { ConfigError } from './environment.js';
import { isLoopback } from './loopback.js';

/**
 * Refuses a service that others than this machine could reach and change, where nobody has said that
 * this is meant.
 * @throws ConfigError
 */
export function refuseUnprotected({ http: { host }, auth }: Config): void {
  if (auth.decided || isLoopback(host)) return;
  throw new ConfigError(
    `HOST is "${host}": others than this machine can reach it, and nothing says who may write. Set ` +
      'CDB_AUTH_CLASS and JWT_SECRET, or CDB_OIDC_ISSUERS (docs/authentication.md), or CDB_AUTH=off ' +
      'if everybody who reaches it may write.',
  );
}
