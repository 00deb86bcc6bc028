import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { DataSource, MigrationExecutor, type QueryRunner } from 'typeorm';
import { clientConfig } from './client-config.js';
import { type DatabaseConnection, type Log } from './database-connection.js';
import { DatabaseRefusal } from './database-refusal.js';
import { ensureConstraints } from './ensure-constraints.js';
import { ensureIndex } from './ensure-index.js';
import { existingTables, TABLES } from './existing-tables.js';
import { emptyReport, type MigrationReport, reportTo } from './migration-report.js';
import { RESOLVE_INDEX } from './named-constraints.js';
import { postgresOptions } from './postgres-options.js';
import { rowsOf } from './rows-of.js';
import { appliedMigrations, schemaState } from './schema-state.js';
import { givingWay } from './without-queueing.js';

const MIGRATION_LOCK = [0x54656d70, 2];
export const MAY_NOT_CHANGE =
  'The schema needs a migration, but this database user may not change it: ' +
  'run the migration once as the owner of the tables and of the schema.';
const LOCK_POLL_MS = 200;
const LOCK_NEWS_MS = 10_000;

/**
 * Brings a database to the current schema: an empty one, an older one of ours, or one that a
 * Nopayloaddb has made. Readers and writers of a database in use go on. Several processes may call
 * it at once; they take turns.
 *
 * @param options.log what takes its time; what was done is in the report
 * @throws DatabaseRefusal if the database is partly something else or the user may not change it;
 *   nothing has been changed then; the reason of `stop` if that was aborted meanwhile: what was done
 *   is done, the rest is left to the next time
 */
export async function migrate(
  connection: DatabaseConnection,
  { log, stop }: { log: Log; stop?: AbortSignal },
): Promise<MigrationReport> {
  const dataSource = new DataSource(
    postgresOptions(connection, { poolSize: 1, applicationName: 'Tempora migration' }),
  );
  await dataSource.initialize();
  // One session for everything: should this process die, the lock is held until the server has
  // finished the statement it is at.
  const queryRunner = dataSource.createQueryRunner();
  const [session] = await rowsOf<Session>(queryRunner, 'SELECT pg_backend_pid() AS pid');
  const end = (): void => void endSession(connection, session);
  stop?.addEventListener('abort', end);
  try {
    stop?.throwIfAborted();
    await queryRunner.query('SET statement_timeout = 0');
    await takeTurn(queryRunner, log);
    return await migrateAlone(dataSource, queryRunner, log);
  } catch (error) {
    stop?.throwIfAborted();
    throw error;
  } finally {
    stop?.removeEventListener('abort', end);
    await queryRunner.release();
    await dataSource.destroy();
  }
}

interface Session {
  pid: number;
}

/** Ends the statement that a session is at, which may last for minutes, and the session. */
async function endSession(connection: DatabaseConnection, session?: Session): Promise<void> {
  const other = new pg.Client(clientConfig(connection));
  // A server that cannot be reached ends the session by itself once we are gone.
  other.on('error', () => undefined);
  try {
    await other.connect();
    await other.query('SELECT pg_terminate_backend($1)', [session?.pid]);
  } catch {
    return;
  } finally {
    await other.end();
  }
}

async function migrateAlone(
  dataSource: DataSource,
  queryRunner: QueryRunner,
  log: Log,
): Promise<MigrationReport> {
  const before = await existingTables(queryRunner);
  const ran = await appliedMigrations(queryRunner);
  if (ran.size > 0 && before === 'none') {
    throw new DatabaseRefusal(
      'The database was migrated before, but its tables are gone: restore them, or give Tempora an empty database.',
    );
  }
  const state = await schemaState(queryRunner);
  if (!(await mayChange(queryRunner, before))) {
    if (state === 'current') return emptyReport();
    throw new DatabaseRefusal(MAY_NOT_CHANGE);
  }
  const report = { ...emptyReport(), adopted: state === 'empty' && before === 'all' };
  if (report.adopted) log.info('Adopting the tables of a Nopayloaddb');
  reportTo(queryRunner, { log, report });

  const executor = new MigrationExecutor(dataSource, queryRunner);
  executor.transaction = 'each';
  await givingWay(log, async () => {
    await executor.executePendingMigrations();
  });
  const applied = await appliedMigrations(queryRunner);
  report.applied = [...applied].filter((name) => !ran.has(name));

  await ensureIndex(queryRunner, RESOLVE_INDEX, log);
  report.skippedConstraints = await ensureConstraints(queryRunner, log);
  return report;
}

/** Polled: a session that waits in `pg_advisory_lock` holds up a concurrent index build for ever. */
async function takeTurn(queryRunner: QueryRunner, log: Log): Promise<void> {
  let nextNews = Date.now();
  for (;;) {
    const [lock] = await rowsOf<{ taken: boolean }>(
      queryRunner,
      'SELECT pg_try_advisory_lock($1, $2) AS taken',
      MIGRATION_LOCK,
    );
    if (lock?.taken) return;
    if (Date.now() >= nextNews) {
      log.info('Another process is migrating the database: waiting for it');
      nextNews = Date.now() + LOCK_NEWS_MS;
    }
    await pause(LOCK_POLL_MS);
  }
}

/** Whether this user may change the schema: what a migration needs. */
export async function mayChange(
  queryRunner: QueryRunner,
  tables: 'none' | 'all',
): Promise<boolean> {
  const [found] = await rowsOf<{ may: boolean }>(
    queryRunner,
    `SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)
        AND NOT EXISTS (
              SELECT FROM unnest($1::text[]) AS name
                JOIN pg_class ON pg_class.oid = to_regclass(quote_ident(name))
               WHERE NOT pg_has_role(relowner, 'USAGE')) AS may`,
    [tables === 'all' ? TABLES : []],
  );
  return found?.may === true;
}
