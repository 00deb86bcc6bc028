import { type Socket } from 'node:net';
import { type DataSourceOptions } from 'typeorm';
import { clientConfig } from './client-config.js';
import { type DatabaseConnection } from './database-connection.js';
import { MIGRATIONS, MIGRATIONS_TABLE } from './migrations/index.js';
import { type PreparedStatements, prepareSession } from './prepare-session.js';

export interface PoolOptions {
  /** connections at most, ≥ 1 */
  poolSize: number;
  /** how the sessions are named in `pg_stat_activity` */
  applicationName?: string;
  /** how long a session waits for what another has locked, milliseconds; without it: as long as it takes */
  lockTimeoutMs?: number;
  /** how long PostgreSQL works on one statement, milliseconds; without it: as long as it takes */
  statementTimeoutMs?: number;
  /** whether statements are prepared by name; default `auto` */
  prepared?: PreparedStatements;
  /** how long to wait for a connection, milliseconds; default 5000 */
  waitMs?: number;
  /** where sockets come from; undefined: as usual */
  stream?: (() => Socket) | undefined;
}

/**
 * What TypeORM needs to reach a database. Entities are added by who has them; the schema is the
 * migrations' alone (`synchronize` is off).
 */
export function postgresOptions(
  connection: DatabaseConnection,
  {
    poolSize,
    applicationName = 'Tempora',
    lockTimeoutMs = 0,
    statementTimeoutMs = 0,
    prepared = 'auto',
    waitMs = 5_000,
    stream,
  }: PoolOptions,
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
    connectTimeoutMS: waitMs,
    extra: {
      ssl: clientConfig(connection).ssl,
      keepAlive: true,
      onConnect: prepareSession({
        lockTimeoutMs,
        statementTimeoutMs,
        prepared,
        waitMs,
        onlyPrimary: true,
      }),
      stream,
    },
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
