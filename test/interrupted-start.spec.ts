import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type DatabaseConnection } from '#database';
import { dataFolder, isRunning, postmasterPid, removeDataFolders } from './data-folders.js';
import { startOwner } from './embedded-postgres-owner.js';
import { emptyDatabase, sql } from './postgres.js';
import {
  beginService,
  databaseEnvironment,
  endServices,
  type StartingProcess,
  startService,
} from './service-process.js';
import { until } from './until.js';

afterAll(async () => {
  await endServices();
  removeDataFolders();
});

/** It ends as if it had been stopped later, and says nothing of it. */
async function expectGoodOrder(service: StartingProcess, signal: NodeJS.Signals): Promise<void> {
  service.signal(signal);
  expect(await service.ended).toBe(0);
  expect(service.output.stderr).toBe('');
  expect(service.output.stdout).not.toContain('Tempora is ready');
}

/** Whatever changes the schema does not end. */
const LASTING_MIGRATION = `
CREATE FUNCTION last_long() RETURNS event_trigger LANGUAGE plpgsql
  AS 'BEGIN PERFORM pg_sleep(600); END';
CREATE EVENT TRIGGER lasting ON ddl_command_end EXECUTE FUNCTION last_long()`;

describe('A start with the embedded PostgreSQL that is interrupted', () => {
  let CDB_DATA_DIR: string;

  beforeEach(() => {
    CDB_DATA_DIR = dataFolder();
  });

  async function expectStartAfterwards(): Promise<void> {
    expect(postmasterPid(CDB_DATA_DIR)).toBeUndefined();
    const again = await startService({ CDB_DATA_DIR });
    expect((await again.native.get('global-tags')).body).toMatchObject({ total: 3 });
    expect(await again.stop()).toBe(0);
  }

  it('while it makes the data folder leaves no PostgreSQL behind', async () => {
    const service = await beginService({ CDB_DATA_DIR });
    await service.said(/Creating a PostgreSQL/);
    service.signal('SIGINT');
    expect(await service.ended).toBe(0);
    expect(service.output.stderr).toBe('');
    await expectStartAfterwards();
  });

  it('while it migrates leaves no PostgreSQL behind', async () => {
    const owner = await startOwner({ dataDir: CDB_DATA_DIR });
    await sql(owner.connection, LASTING_MIGRATION);
    await owner.stop();
    const service = await beginService({ CDB_DATA_DIR });
    await service.said(/data in /);
    await expectGoodOrder(service, 'SIGTERM');

    const next = await startOwner({ dataDir: CDB_DATA_DIR });
    await sql(next.connection, 'DROP EVENT TRIGGER lasting');
    await next.stop();
    await expectStartAfterwards();
  });
});

describe('A start that is interrupted while it waits', () => {
  it('for a database that does not answer', async () => {
    const server = await emptyDatabase();
    const service = await beginService(databaseEnvironment({ ...server, port: 1 }));
    await service.said(/Waiting for PostgreSQL/);
    await expectGoodOrder(service, 'SIGTERM');
  });

  it('for another process that migrates', async () => {
    const database = await emptyDatabase();
    const other = sql(
      database,
      "SELECT pg_advisory_lock(x'54656d70'::int, 2), pg_sleep(600)",
    ).catch(() => 'ended');
    await until(async () => (await waiting(database, 'PgSleep')).length === 1);
    const service = await beginService(databaseEnvironment(database));
    await service.said(/Another process is migrating/);
    await expectGoodOrder(service, 'SIGINT');

    const sessions = await waiting(database, 'PgSleep');
    await sql(database, `SELECT pg_terminate_backend(${sessions[0]?.pid ?? 0})`);
    expect(await other).toBe('ended');
  });

  it('for a migration that lasts: that is ended, too', async () => {
    const database = await emptyDatabase();
    await sql(database, LASTING_MIGRATION);
    const service = await beginService(databaseEnvironment(database));
    await until(async () => (await waiting(database, 'PgSleep')).length === 1);
    await expectGoodOrder(service, 'SIGTERM');
    await until(async () => (await waiting(database, 'PgSleep')).length === 0);

    await sql(database, 'DROP EVENT TRIGGER lasting');
    const again = await startService(databaseEnvironment(database));
    expect(await again.stop()).toBe(0);
  });
});

describe('A service with the embedded PostgreSQL', () => {
  it('ends in good order, too, when its terminal is closed', async () => {
    const CDB_DATA_DIR = dataFolder();
    const service = await startService({ CDB_DATA_DIR });
    const postmaster = postmasterPid(CDB_DATA_DIR) ?? 0;
    expect(isRunning(postmaster)).toBe(true);
    // A terminal may send several, one for itself and one for each process in it.
    service.signal('SIGHUP');
    await until(() =>
      fetch(`${service.url}/health/live`).then(
        () => false,
        () => true,
      ),
    );
    service.signal('SIGHUP');
    expect(await service.ended).toBe(0);
    expect(isRunning(postmaster)).toBe(false);
    expect(service.output.stderr).toBe('');
  });
});

async function waiting(database: DatabaseConnection, event: string): Promise<{ pid: number }[]> {
  return sql(
    database,
    `SELECT pid FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event = $1`,
    [event],
  );
}
