import { type Config } from './config.js';
import { type Environment } from './environment.js';

/** They may hold passwords, and where databases are is nobody's business. */
const DATABASE_URLS: readonly string[] = ['CDB_PRIMARY_URL', 'CDB_DIRECT_URL', 'CDB_REPLICA_URLS'];
const SECRET_NAME = /SECRET|PASSWORD|PASSWD|PASSPHRASE|PASS(_|$)|TOKEN|KEY|CREDENTIAL|DSN|PRIVATE/i;
/** A URL with a user in it, a password in a list of settings, a private key, a token. */
const SECRET_VALUE =
  /\/\/[^/@\s]*@|\b(pass(word|wd)?|secret|token)\s*[=:]|PRIVATE KEY|^(Bearer|Basic)\s|\beyJ[\w-]+\.[\w-]+\./i;

/**
 * The `CDB_…` settings anybody may read, as clients ask for them by name
 * (`CDB_PAYLOAD_BASE_URL`, `CDB_IOV_MODE`). What is named or shaped like a secret is left out.
 */
export function publicSettings(config: Config, env: Environment): ReadonlyMap<string, string> {
  const settings = new Map<string, string>([['CDB_IOV_MODE', config.iovMode]]);
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || !name.startsWith('CDB_')) continue;
    if (DATABASE_URLS.includes(name)) continue;
    if (SECRET_NAME.test(name) || SECRET_VALUE.test(value)) continue;
    settings.set(name, value);
  }
  return settings;
}
