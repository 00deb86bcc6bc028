/** Servers of both modes on one database would mix their rules: the database knows which one it has. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { changeIovMode, claimIovMode, type DatabaseConnection, DatabaseRefusal } from '#database';
import { emptyNopayloaddbDatabase } from './nopayloaddb-database.js';
import { createDatabase, sql } from './postgres.js';
import {
  beginService,
  databaseEnvironment,
  endServices,
  runMigration,
  runService,
  startService,
} from './service-process.js';

afterAll(endServices);

const REFUSAL =
  /^CDB_IOV_MODE is continuous, but this database has been used with discrete, .*\.\n$/;

describe('A database that a server of one mode has adopted', () => {
  let env: Record<string, string>;
  let discrete: Record<string, string>;

  beforeAll(async () => {
    env = databaseEnvironment(await emptyNopayloaddbDatabase());
    discrete = { ...env, CDB_IOV_MODE: 'discrete' };
  });

  it('is refused to the other one, and changes its mode on purpose only', async () => {
    const first = await startService(discrete);
    const changing = await runMigration(env, '--change-iov-mode');
    expect([changing.code, changing.stderr]).toEqual([
      1,
      'The mode cannot be changed while servers run on the database (1 do): stop them first.\n',
    ]);
    expect(await runService(env)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(REFUSAL),
      stdout: expect.not.stringContaining('Tempora is ready'),
    });
    expect(await first.stop()).toBe(0);

    const changed = await runMigration(env, '--change-iov-mode');
    expect(changed.stdout).toContain('The mode of the intervals is continuous from now on.');
    expect(changed.code).toBe(0);
    const second = await startService(env);
    expect((await runService(discrete)).stderr).toContain('has been used with continuous');
    expect(await second.stop()).toBe(0);
  });

  it('is not touched by a migration that is asked something else', async () => {
    const { code, stderr } = await runMigration(env, '--help');
    expect([code, stderr]).toEqual([1, '--help is not known; there is only --change-iov-mode.\n']);
  });
});

describe('A server that waits for the migration', () => {
  it('ends where another mode is recorded by then', async () => {
    const connection = await createDatabase();
    await claimIovMode(connection, 'discrete');
    const [last] = await sql<{ name: string }>(
      connection,
      `DELETE FROM tempora_migrations WHERE id = (SELECT max(id) FROM tempora_migrations)
        RETURNING name`,
    );
    const env = databaseEnvironment(connection);
    const waiting = await beginService({ ...env, CDB_MIGRATE: 'false' });
    await waiting.said(/waiting for npm run migrate/);
    await sql(connection, 'INSERT INTO tempora_migrations (timestamp, name) VALUES (0, $1)', [
      last?.name,
    ]);
    expect(await waiting.ended).toBe(1);
    expect(waiting.output.stderr).toMatch(REFUSAL);
  });
});

describe('The first server', () => {
  let connection: DatabaseConnection;

  beforeAll(async () => {
    connection = await createDatabase();
  });

  it('needs the right to record its mode', async () => {
    const user = `stranger_${connection.database}`;
    await sql(connection, `CREATE ROLE ${user} LOGIN PASSWORD 'p'`);
    const stranger = { ...connection, user, password: 'p' };
    const refusal = await claimIovMode(stranger, 'discrete').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DatabaseRefusal);
    expect(String(refusal)).toContain('(GRANT SELECT, INSERT)');
    const change = await changeIovMode(stranger, 'discrete').catch((error: unknown) => error);
    expect(String(change)).toContain('(GRANT SELECT, INSERT, UPDATE)');
    expect(await sql(connection, 'SELECT FROM tempora_iov_mode')).toEqual([]);
  });

  it('decides, whichever of several that is', async () => {
    const modes = ['continuous', 'discrete', 'continuous', 'discrete'] as const;
    const claims = await Promise.allSettled(modes.map((mode) => claimIovMode(connection, mode)));
    const [recorded] = await sql<{ iov_mode: string }>(
      connection,
      'SELECT iov_mode FROM tempora_iov_mode',
    );
    for (const [i, { status }] of claims.entries()) {
      expect(status).toBe(modes[i] === recorded?.iov_mode ? 'fulfilled' : 'rejected');
    }
  });
});
