import { type DatabaseAddress, PORTS, tlsOf } from './database-address.js';
import { addressOfUrl } from './database-url.js';
import { ConfigError, type Environment, text, whole } from './environment.js';

const NUMBERED = /^POSTGRES_(?:HOST|PORT|DB|USER|PASSWORD|SSLMODE|SSLROOTCERT)_R(\d+)$/;

/** The server that is written to, or null for the embedded one. */
export function primaryAddress(env: Environment): DatabaseAddress | null {
  const host = text(env, 'POSTGRES_HOST_W');
  const url = text(env, 'CDB_PRIMARY_URL');
  if (url !== undefined) {
    if (host !== undefined) {
      throw new ConfigError('CDB_PRIMARY_URL and POSTGRES_HOST_W are both set: set one of them.');
    }
    return addressOfUrl('CDB_PRIMARY_URL', url);
  }
  if (host === undefined) return null;
  const mode = text(env, 'POSTGRES_SSLMODE_W');
  return {
    host,
    port: whole(env, 'POSTGRES_PORT_W', 5432, PORTS),
    database: required(env, 'POSTGRES_DB_W'),
    user: required(env, 'POSTGRES_USER_W'),
    password: env['POSTGRES_PASSWORD_W'] ?? '',
    ...tlsOf('POSTGRES_SSLMODE_W', mode, text(env, 'POSTGRES_SSLROOTCERT_W')),
  };
}

/** A way to the primary past a pooler, or null. What is absent is as for the primary. */
export function directAddress(
  env: Environment,
  primary: DatabaseAddress | null,
): DatabaseAddress | null {
  const url = text(env, 'CDB_DIRECT_URL');
  if (url === undefined) return null;
  if (primary === null) {
    throw new ConfigError(
      'CDB_DIRECT_URL is set, but neither POSTGRES_HOST_W nor CDB_PRIMARY_URL is: it leads past a pooler that one of them names.',
    );
  }
  return addressOfUrl('CDB_DIRECT_URL', url, primary);
}

/**
 * The servers that follow the primary: `POSTGRES_…_R1`, `_R2` and so on, and CDB_REPLICA_URLS. What
 * is absent is as for the primary. One that is the primary itself is left out.
 */
export function replicaAddresses(
  env: Environment,
  primary: DatabaseAddress | null,
): DatabaseAddress[] {
  const urls = text(env, 'CDB_REPLICA_URLS')?.split(/[\s,]+/) ?? [];
  const numbers = numbersIn(env);
  if (primary === null) {
    if (urls.length + numbers.length === 0) return [];
    const name = urls.length > 0 ? 'CDB_REPLICA_URLS' : `POSTGRES_…_R${numbers[0] ?? ''}`;
    throw new ConfigError(
      `${name} names a replica, but neither POSTGRES_HOST_W nor CDB_PRIMARY_URL names its primary.`,
    );
  }
  return [
    ...numbers.map((number) => numbered(env, number, primary)),
    ...urls.map((url) => addressOfUrl('CDB_REPLICA_URLS', url, primary)),
  ].filter((replica) => !isSame(replica, primary));
}

/** Which replicas anything is said of, in order. */
function numbersIn(env: Environment): string[] {
  const numbers = new Set<string>();
  for (const name of Object.keys(env)) {
    const number = NUMBERED.exec(name)?.[1];
    if (number !== undefined && text(env, name) !== undefined) numbers.add(number);
  }
  return [...numbers].sort((a, b) => Number(a) - Number(b));
}

function numbered(env: Environment, number: string, primary: DatabaseAddress): DatabaseAddress {
  const name = (field: string): string => `POSTGRES_${field}_R${number}`;
  const value = (field: string): string | undefined => text(env, name(field));
  const password = env[name('PASSWORD')] ?? '';
  return {
    host: value('HOST') ?? primary.host,
    port: whole(env, name('PORT'), primary.port, PORTS),
    database: value('DB') ?? primary.database,
    user: value('USER') ?? primary.user,
    password: password === '' ? primary.password : password,
    ...numberedTls(env, name, primary),
  };
}

function numberedTls(
  env: Environment,
  name: (field: string) => string,
  { tls }: DatabaseAddress,
): Pick<DatabaseAddress, 'tls'> {
  const mode = text(env, name('SSLMODE'));
  const rootCert = text(env, name('SSLROOTCERT'));
  if (mode === undefined && rootCert === undefined) return tls === undefined ? {} : { tls };
  return tlsOf(
    name('SSLMODE'),
    mode ?? text(env, 'POSTGRES_SSLMODE_W'),
    rootCert ?? text(env, 'POSTGRES_SSLROOTCERT_W'),
  );
}

/** Nopayloaddb needs its replicas set even where there is one server. */
function isSame(one: DatabaseAddress, other: DatabaseAddress): boolean {
  return one.host === other.host && one.port === other.port && one.database === other.database;
}

function required(env: Environment, name: string): string {
  const value = text(env, name);
  if (value === undefined) {
    throw new ConfigError(`${name} is not set, but POSTGRES_HOST_W is: both are needed.`);
  }
  return value;
}
