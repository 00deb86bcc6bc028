import { beforeAll, describe, expect, it } from '@jest/globals';
import { type DatabaseConnection, migrate, planAdoption } from '#database';
import { nopayloaddbDatabase } from './nopayloaddb-database.js';
import { cloneDatabase, createDatabase, emptyDatabase, sql } from './postgres.js';
import { schemaDump } from './schema-dump.js';

const log = { info: () => undefined, warn: () => undefined };

let old: DatabaseConnection;

beforeAll(async () => {
  old = await nopayloaddbDatabase();
});

function plan(connection: DatabaseConnection) {
  return planAdoption(connection, { mode: 'continuous', progress: () => undefined });
}

/** Each row with who wrote it and where it lies, and the sequences. */
async function everyByte(connection: DatabaseConnection): Promise<unknown> {
  const tables = ['GlobalTagStatus', 'GlobalTag', 'PayloadType', 'PayloadList', 'PayloadIOV'];
  const rows = tables.map(
    (table) =>
      `SELECT md5(string_agg(concat(t.ctid, t.xmin, t.xmax, t), ',' ORDER BY t.id)) FROM "${table}" t`,
  );
  return [
    await schemaDump(connection),
    await sql(connection, rows.join(' UNION ALL ')),
    await sql(
      connection,
      'SELECT sequencename, last_value FROM pg_sequences ORDER BY sequencename',
    ),
  ];
}

describe('What an adoption would do', () => {
  it('is what it does, and nothing is changed by asking', async () => {
    const before = await everyByte(old);
    const planned = await plan(old);
    expect(await everyByte(old)).toEqual(before);

    const database = await cloneDatabase(old);
    const report = await migrate(database, { log });
    expect(planned).toMatchObject({
      step: 'adopt',
      migrations: report.applied,
      statusesToAdd: ['frozen', 'unlocked'],
      combIovToRepair: report.repairedCombIov,
      indexesToBuild: ['payload_iov_resolve_idx is missing'],
      constraintsToAdd: [],
      constraintsToLeaveOut: report.skippedConstraints,
      refusal: null,
    });
    expect(planned.tables).toContainEqual({ name: 'PayloadIOV', rows: 100_000 });
    expect(planned.sequencesToSet.join()).toContain('PayloadListIdSequence');
    expect(planned.seconds).toBeGreaterThan(1);
    expect(await plan(database)).toMatchObject({
      step: 'none',
      migrations: [],
      combIovToRepair: 0,
      constraintsToLeaveOut: report.skippedConstraints,
    });
  });

  it('names the constraints that the data allows', async () => {
    const database = await createDatabase();
    await sql(database, 'ALTER TABLE "PayloadIOV" DROP CONSTRAINT payload_iov_interval_ck');
    expect(await plan(database)).toMatchObject({
      step: 'none',
      constraintsToAdd: ['payload_iov_interval_ck'],
      constraintsToLeaveOut: [],
    });
  });

  it('is to make the tables where there are none', async () => {
    expect(await plan(await emptyDatabase())).toMatchObject({ step: 'create', refusal: null });
  });

  it('is refused as the migration is', async () => {
    const half = await emptyDatabase();
    await sql(half, 'CREATE TABLE "GlobalTag" (id bigint)');
    await expect(plan(half)).rejects.toThrow(/neither empty nor a complete Nopayloaddb/);

    const database = await cloneDatabase(old);
    const reader = { ...database, user: `reader_of_${database.database}`, password: 'r' };
    await sql(
      { ...database, ...(await superuser()) },
      `CREATE ROLE ${reader.user} LOGIN PASSWORD 'r'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${reader.user};
       GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO ${reader.user}`,
    );
    expect(await plan(reader)).toMatchObject({
      step: 'adopt',
      refusal: expect.stringContaining('may not change it') as unknown,
    });
  });
});

async function superuser(): Promise<Pick<DatabaseConnection, 'user' | 'password'>> {
  const { user, password } = await emptyDatabase();
  return { user, password };
}
