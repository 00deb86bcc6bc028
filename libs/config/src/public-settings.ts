import { type Config } from './config.js';
import { type Environment } from './environment.js';

const SECRET_NAME = /SECRET|PASSWORD|PASSWD|TOKEN|KEY|CREDENTIAL|DSN/;
/** They may hold passwords, and where databases are is nobody's business. */
const DATABASE_URLS: readonly string[] = ['CDB_PRIMARY_URL', 'CDB_REPLICA_URLS'];
const URL_WITH_CREDENTIALS = /\/\/[^/@\s]*@/;

/**
 * The `CDB_…` settings anybody may read, as clients ask for them by name
 * (`CDB_PAYLOAD_BASE_URL`, `CDB_IOV_MODE`). What is named or shaped like a secret is left out.
 */
export function publicSettings(config: Config, env: Environment): ReadonlyMap<string, string> {
  const settings = new Map<string, string>([['CDB_IOV_MODE', config.iovMode]]);
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || !name.startsWith('CDB_')) continue;
    if (DATABASE_URLS.includes(name)) continue;
    if (SECRET_NAME.test(name) || URL_WITH_CREDENTIALS.test(value)) continue;
    settings.set(name, value);
  }
  return settings;
}
