import { type ClientBase } from 'pg';
import { type DataSourceOptions } from 'typeorm';
import { type DatabaseConnection } from './database-connection.js';
import { MIGRATIONS, MIGRATIONS_TABLE } from './migrations/index.js';

export interface PoolOptions {
  /** connections at most, ≥ 1 */
  poolSize: number;
  /** how the sessions are named in `pg_stat_activity` */
  applicationName?: string;
  /** how long a session waits for what another has locked, milliseconds; without it: as long as it takes */
  lockTimeoutMs?: number;
  /** how long PostgreSQL works on one statement, milliseconds; without it: as long as it takes */
  statementTimeoutMs?: number;
}

/**
 * What TypeORM needs to reach a database. Entities are added by who has them; the schema is the
 * migrations' alone (`synchronize` is off).
 */
export function postgresOptions(
  connection: DatabaseConnection,
  { poolSize, applicationName = 'Tempora', lockTimeoutMs = 0, statementTimeoutMs = 0 }: PoolOptions,
): Extract<DataSourceOptions, { type: 'postgres' }> {
  return {
    type: 'postgres',
    host: connection.host,
    port: connection.port,
    database: connection.database,
    username: connection.user,
    password: connection.password,
    poolSize,
    applicationName,
    connectTimeoutMS: 5_000,
    extra: { keepAlive: true, onConnect: prepareSession(lockTimeoutMs, statementTimeoutMs) },
    installExtensions: false,
    // Silent unless DEBUG=typeorm:*; the console is for what operators are meant to read.
    logger: 'debug',
    synchronize: false,
    migrationsRun: false,
    migrations: MIGRATIONS,
    migrationsTableName: MIGRATIONS_TABLE,
    migrationsTransactionMode: 'each',
  };
}

/**
 * Our statements have one good plan each, whatever their parameters: without this, those that take
 * arrays are planned at each execution, for longer than they run.
 */
function prepareSession(
  lockTimeoutMs: number,
  statementTimeoutMs: number,
): (client: ClientBase) => Promise<void> {
  return async (client) => {
    await client.query(
      `SET plan_cache_mode = force_generic_plan; SET lock_timeout = ${lockTimeoutMs};
       SET statement_timeout = ${statementTimeoutMs}`,
    );
  };
}
