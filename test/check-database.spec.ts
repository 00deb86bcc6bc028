import { beforeAll, describe, expect, it } from '@jest/globals';
import { checkDatabase, type CheckFinding, type DatabaseConnection, migrate } from '#database';
import { databaseContent } from './database-content.js';
import { emptyNopayloaddbDatabase, nopayloaddbDatabase } from './nopayloaddb-database.js';
import { cloneDatabase, createDatabase, emptyDatabase, sql } from './postgres.js';
import { schemaDump } from './schema-dump.js';

const log = { info: () => undefined, warn: () => undefined };

type Mode = 'continuous' | 'discrete';

async function check(
  connection: DatabaseConnection,
  { mode = 'continuous', repair = false }: { mode?: Mode; repair?: boolean } = {},
): Promise<CheckFinding[]> {
  return checkDatabase(connection, { mode, repair, log, progress: () => undefined });
}

/** What is broken still. */
function broken(findings: readonly CheckFinding[]): string[] {
  return findings
    .filter(({ legal, count, repaired }) => !legal && count > repaired)
    .map(({ name }) => name)
    .toSorted();
}

function found(findings: readonly CheckFinding[], name: string): CheckFinding | undefined {
  return findings.find((finding) => finding.name === name);
}

/** Two tags; the first has a list without gaps, with a payload at the end of time, and one that is open. */
const CONTENT = `
INSERT INTO "PayloadType" (name) VALUES ('Beam'), ('Gains'), ('Unused');
INSERT INTO "GlobalTag" (name, status_id)
  SELECT name, (SELECT id FROM "GlobalTagStatus" s WHERE s.name = 'unlocked')
    FROM unnest(ARRAY['One', 'Two']) AS name;
INSERT INTO "PayloadListIdSequence" DEFAULT VALUES;
INSERT INTO "PayloadListIdSequence" DEFAULT VALUES;
INSERT INTO "PayloadList" (id, name, global_tag_id, payload_type_id)
  SELECT t.id, t.name || '_' || t.id, g.id, t.id FROM "PayloadType" t, "GlobalTag" g
   WHERE t.name <> 'Unused' AND g.name = 'One';
INSERT INTO "PayloadIOV" (payload_url, checksum, major_iov, minor_iov, major_iov_end, minor_iov_end,
                          comb_iov, payload_list_id)
  SELECT 'u' || run, 'c', 0, run, 0, run + 1, run * 0.0000000000000000001, 1 FROM generate_series(0, 99) AS run;
INSERT INTO "PayloadIOV" (payload_url, checksum, major_iov, minor_iov, major_iov_end, minor_iov_end,
                          comb_iov, payload_list_id)
  VALUES ('last', 'c', 9223372036854775807, 9223372036854775807, 9223372036854775807, 9223372036854775807,
          9223372036854775807.9223372036854775807, 2)`;

let healthy: DatabaseConnection;

beforeAll(async () => {
  healthy = await createDatabase();
  await sql(healthy, CONTENT);
});

it('a database that keeps its promises is told so, and is not written', async () => {
  const before = [await schemaDump(healthy), await databaseContent(healthy)];
  const findings = await check(healthy);
  expect(findings.length).toBeGreaterThan(15);
  expect(findings.filter(({ count }) => count > 0)).toEqual([]);
  expect([await schemaDump(healthy), await databaseContent(healthy)]).toEqual(before);
});

describe('Damage is found, and mended where that is safe', () => {
  const BYPASSED = 'SET session_replication_role = replica;';
  /** What was done; what is broken by it; what still is after a repair; an example of the first. */
  const damages: [string, string, string[], string[], RegExp][] = [
    [
      'a comb_iov that was never computed',
      'UPDATE "PayloadIOV" SET comb_iov = NULL WHERE id < 4',
      ['comb-iov'],
      [],
      /^1$/,
    ],
    [
      'a comb_iov that is rounded',
      'UPDATE "PayloadIOV" SET comb_iov = comb_iov + 0.0000000000000000001 WHERE id = 101',
      ['comb-iov'],
      [],
      /^101$/,
    ],
    [
      'an interval that ends before it starts',
      'ALTER TABLE "PayloadIOV" DROP CONSTRAINT payload_iov_interval_ck; UPDATE "PayloadIOV" SET minor_iov_end = 0 WHERE id = 7',
      ['constraints', 'interval'],
      ['constraints', 'interval'],
      /payload_iov_interval_ck/,
    ],
    [
      'an interval that ends where it starts',
      'UPDATE "PayloadIOV" SET minor_iov_end = minor_iov WHERE id = 7',
      ['interval'],
      ['interval'],
      /^7$/,
    ],
    [
      'a payload whose list is gone',
      `${BYPASSED} UPDATE "PayloadIOV" SET payload_list_id = 99 WHERE id = 5`,
      ['counts', 'list-of-payload'],
      ['list-of-payload'],
      /One: 2 lists and 100 payloads, not 2 and 101/,
    ],
    [
      'a list whose type is gone',
      `${BYPASSED} DELETE FROM "PayloadType" WHERE name = 'Beam'`,
      ['references'],
      ['references'],
      /Beam_1: no payload type 1/,
    ],
    [
      'two lists of one type',
      `DROP INDEX payload_list_one_per_type_uq; INSERT INTO "PayloadList" (id, name, global_tag_id, payload_type_id) VALUES (3, 'second', 1, 1)`,
      ['constraints', 'one-list-per-type', 'sequences'],
      ['constraints', 'one-list-per-type'],
      /One: Beam_1, second/,
    ],
    [
      'a status that is missing',
      `DELETE FROM "GlobalTagStatus" WHERE name = 'frozen'`,
      ['statuses'],
      [],
      /^frozen$/,
    ],
    [
      'a foreign key that is missing',
      'ALTER TABLE "PayloadIOV" DROP CONSTRAINT payload_iov_payload_list_fk',
      ['foreign-keys'],
      ['foreign-keys'],
      /PayloadIOV.payload_list_id to PayloadList/,
    ],
    [
      'an index that is missing',
      'DROP INDEX payload_iov_resolve_idx',
      ['indexes'],
      [],
      /payload_iov_resolve_idx is missing/,
    ],
    [
      'an index that is half built',
      `UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'payload_iov_resolve_idx'::regclass`,
      ['indexes'],
      [],
      /payload_iov_resolve_idx is half built/,
    ],
    [
      'a constraint that is missing',
      'ALTER TABLE "PayloadIOV" DROP CONSTRAINT payload_iov_interval_ck',
      ['constraints'],
      [],
      /payload_iov_interval_ck/,
    ],
    [
      'a sequence that is behind',
      `INSERT INTO "PayloadType" (id, name) VALUES (1000, 'Loaded')`,
      ['sequences'],
      [],
      /PayloadType_id_seq": rows up to 1000/,
    ],
    [
      'a trigger that is gone',
      'DROP TRIGGER tempora_deleted ON "PayloadIOV"; DELETE FROM "PayloadIOV" WHERE id = 3',
      ['counts', 'triggers'],
      [],
      /tempora_deleted on PayloadIOV is missing|One: 2 lists and 100/,
    ],
    [
      'a trigger that is off',
      'ALTER TABLE "GlobalTag" DISABLE TRIGGER tempora_updated',
      ['triggers'],
      [],
      /tempora_updated on GlobalTag is off/,
    ],
    [
      'a trigger of the history that is gone',
      'DROP TRIGGER tempora_inserted_noted ON "PayloadIOV"',
      ['triggers'],
      [],
      /tempora_inserted_noted on PayloadIOV is missing/,
    ],
    [
      'a revision that is gone',
      'DELETE FROM "GlobalTagRevision" WHERE global_tag_id = 1',
      ['counts', 'revisions'],
      [],
      /One has none/,
    ],
    [
      'a revision that is left',
      'INSERT INTO "GlobalTagRevision" (global_tag_id) VALUES (77)',
      ['revisions'],
      [],
      /77, which is gone/,
    ],
    [
      'counts that are wrong',
      'UPDATE "GlobalTagRevision" SET payload_iov_count = 7',
      ['counts'],
      [],
      /One: 2 lists and 101 payloads, not 2 and 7/,
    ],
    [
      'another mode',
      `INSERT INTO tempora_iov_mode (iov_mode) VALUES ('discrete')`,
      ['iov-mode'],
      ['iov-mode'],
      /^discrete, since 20/,
    ],
    [
      'a migration that is not applied',
      `DELETE FROM tempora_migrations WHERE name LIKE 'RecordIovMode%'`,
      ['migrations'],
      ['migrations'],
      /^RecordIovMode/,
    ],
  ];

  it.each(damages)('%s', async (_, damage, expected, left, example) => {
    const database = await cloneDatabase(healthy);
    await sql(database, damage);
    const findings = await check(database, { repair: true });
    const damaged = findings.filter(({ legal, count }) => !legal && count > 0);
    expect(damaged.map(({ name }) => name).toSorted()).toEqual(expected);
    expect(damaged.flatMap(({ examples }) => examples)).toContainEqual(
      expect.stringMatching(example),
    );
    expect(broken(findings)).toEqual(left);
    expect(broken(await check(database))).toEqual(left);
  });

  it('and a repaired comb_iov, index and trigger are as they were', async () => {
    const database = await cloneDatabase(healthy);
    const content = await sql(database, 'SELECT id, comb_iov FROM "PayloadIOV" ORDER BY id');
    const schema = await schemaDump(database);
    await sql(
      database,
      `UPDATE "PayloadIOV" SET comb_iov = NULL; DROP INDEX payload_iov_resolve_idx;
       DROP TRIGGER tempora_inserted ON "PayloadIOV"`,
    );
    const findings = await check(database, { repair: true });
    expect(found(findings, 'comb-iov')).toMatchObject({ count: 101, repaired: 101 });
    expect(await sql(database, 'SELECT id, comb_iov FROM "PayloadIOV" ORDER BY id')).toEqual(
      content,
    );
    expect(await schemaDump(database)).toBe(schema);
  });
});

describe('What the rules allow is a note', () => {
  const legal = (database: DatabaseConnection, mode: Mode) =>
    check(database, { mode }).then((findings) => {
      expect(broken(findings)).toEqual([]);
      return Object.fromEntries(
        findings.filter(({ count }) => count > 0).map(({ name, count }) => [name, count]),
      );
    });

  it('overlaps, holes, equal starts, what is in no list or tag', async () => {
    const database = await cloneDatabase(healthy);
    await sql(
      database,
      `UPDATE "PayloadIOV" SET minor_iov_end = minor_iov_end + 5 WHERE id = 10;
       UPDATE "PayloadIOV" SET minor_iov = minor_iov + 1, minor_iov_end = minor_iov_end + 1,
                               comb_iov = comb_iov + 0.0000000000000000001 WHERE id = 20;
       UPDATE "PayloadIOV" SET payload_list_id = NULL WHERE id IN (30, 31);
       UPDATE "PayloadList" SET global_tag_id = NULL WHERE id = 2`,
    );
    // 20 moved onto 21, which leaves a hole before, as do 30 and 31; 20 reaches no further than 21.
    expect(await legal(database, 'continuous')).toEqual({
      'detached-lists': 1,
      'detached-payloads': 2,
      overlaps: 1,
      holes: 2,
      'same-start': 1,
    });
  });

  it('in discrete mode an interval of one moment is whole, and neighbours meet', async () => {
    const database = await cloneDatabase(healthy);
    await sql(database, 'UPDATE "PayloadIOV" SET minor_iov_end = minor_iov WHERE id < 101');
    expect(await legal(database, 'discrete')).toEqual({});
    await sql(
      database,
      `UPDATE "PayloadIOV" SET minor_iov_end = minor_iov + 1 WHERE id = 3;
       UPDATE "PayloadIOV" SET minor_iov = 3, comb_iov = 0.0000000000000000003, minor_iov_end = 9223372036854775807 WHERE id = 100;
       DELETE FROM "PayloadIOV" WHERE id IN (4, 5, 50)`,
    );
    expect(await legal(database, 'discrete')).toEqual({ overlaps: 2, holes: 1 });
  });
});

describe('The database of a Nopayloaddb', () => {
  it('is checked before it is adopted, and left alone', async () => {
    const old = await nopayloaddbDatabase();
    const before = [await schemaDump(old), await databaseContent(old)];
    const findings = await check(old, { repair: true });
    expect(broken(findings)).toEqual([
      'comb-iov',
      'interval',
      'migrations',
      'one-list-per-type',
      'sequences',
      'statuses',
    ]);
    expect(found(findings, 'interval')).toMatchObject({ count: 2, examples: ['501', '70001'] });
    expect([await schemaDump(old), await databaseContent(old)]).toEqual(before);

    await migrate(old, { log });
    const adopted = await check(old);
    expect(broken(adopted)).toEqual(['constraints', 'interval', 'one-list-per-type']);
    expect(found(adopted, 'overlaps')?.count).toBeGreaterThan(90_000);
  });

  it('is refused where there is none', async () => {
    await expect(check(await emptyDatabase())).rejects.toThrow(/nothing to check/);
    const empty = await emptyNopayloaddbDatabase();
    expect(broken(await check(empty))).toEqual(['migrations', 'statuses']);
  });
});
