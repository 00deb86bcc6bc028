import { once } from 'node:events';
import { type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import {
  constraintOf,
  type DatabaseConnection,
  DatabaseRefusal,
  type Log,
  migrate,
  type MigrationReport,
} from '#database';
import {
  DAMAGE,
  emptyNopayloaddbDatabase,
  exactCombIov,
  IOVS,
  nopayloaddbDatabase,
} from './nopayloaddb-database.js';
import { forkProcess } from './compiled-sources.js';
import { cloneDatabase, createDatabase, emptyDatabase, sql } from './postgres.js';
import { schemaDump } from './schema-dump.js';
import { until } from './until.js';

function recordingLog(): Log & { messages: string[] } {
  const messages: string[] = [];
  const record = (message: string) => void messages.push(message);
  return { info: record, warn: record, messages };
}

const silent = { log: recordingLog() };

async function openSession(connection: DatabaseConnection): Promise<pg.Client> {
  const client = new pg.Client(connection);
  await client.connect();
  return client;
}

async function indexIsValid(connection: DatabaseConnection): Promise<boolean | undefined> {
  const [found] = await sql<{ valid: boolean }>(
    connection,
    `SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass('payload_iov_resolve_idx')`,
  );
  return found?.valid;
}

async function isBuilding(connection: DatabaseConnection): Promise<boolean> {
  const running = await sql(
    connection,
    `SELECT FROM pg_stat_progress_create_index
      WHERE datname = current_database() AND phase LIKE 'waiting%'`,
  );
  return running.length > 0;
}

/** Lists 0 to 9 are in one tag, 10 to 19 in another. */
const insertIov = (list: number | null) => `
  INSERT INTO "PayloadIOV" (payload_url, checksum, major_iov, minor_iov, major_iov_end,
                            minor_iov_end, created, updated, payload_list_id)
  VALUES ('new', 'c', 0, 1, 0, 2, now(), now(), ${list ?? 'NULL'})`;

async function migrateProcess(connection: DatabaseConnection) {
  const child = await forkProcess('migrate', [JSON.stringify(connection)], { silent: true });
  return { child, report: text(child.stdout as Readable) };
}

/** Each is made once and cloned: as the reference left it, without rows, adopted but for the index. */
let old: DatabaseConnection;
let empty: DatabaseConnection;
let unindexed: DatabaseConnection;

beforeAll(async () => {
  old = await nopayloaddbDatabase();
  empty = await emptyNopayloaddbDatabase();
  unindexed = await cloneDatabase(old);
  await migrate(unindexed, silent);
  await sql(unindexed, 'DROP INDEX payload_iov_resolve_idx');
});

describe('Adopting the database of a Nopayloaddb', () => {
  let database: DatabaseConnection;
  let before: { schema: string; rows: unknown[]; statuses: unknown[] };
  let report: MigrationReport;

  const ALL_BUT_COMB_IOV = `
    SELECT md5(string_agg(row_to_json(iov)::jsonb - 'comb_iov' #>> '{}', ',' ORDER BY id)) AS iovs,
           (SELECT md5(string_agg(list::text, ',' ORDER BY id)) FROM "PayloadList" AS list) AS lists,
           (SELECT md5(string_agg(tag::text, ',' ORDER BY id)) FROM "GlobalTag" AS tag) AS tags,
           (SELECT string_agg(t::text, ',') FROM authtoken_token AS t) AS tokens,
           (SELECT string_agg(m::text, ',') FROM django_migrations AS m) AS migrations
      FROM "PayloadIOV" AS iov`;

  beforeAll(async () => {
    database = await cloneDatabase(old);
    before = {
      schema: await schemaDump(database),
      rows: await sql(database, ALL_BUT_COMB_IOV),
      statuses: await sql(database, 'SELECT * FROM "GlobalTagStatus" ORDER BY id'),
    };
    report = await migrate(database, silent);
  });

  it('changes no row but for comb_iov', async () => {
    expect(await sql(database, ALL_BUT_COMB_IOV)).toEqual(before.rows);
  });

  it('takes nothing away from the schema', async () => {
    const withoutDefaults = (dump: string) => dump.replaceAll(' DEFAULT now()', '').split('\n');
    const now = withoutDefaults(await schemaDump(database));
    expect(now).toEqual(expect.arrayContaining(withoutDefaults(before.schema)));
    expect(now).toContain(
      'CREATE INDEX payload_iov_resolve_idx ON public."PayloadIOV" USING btree (payload_list_id, major_iov DESC, minor_iov DESC, id DESC);',
    );
  });

  it('makes every comb_iov exact, and counts those that were not', async () => {
    const wrong = async (connection: DatabaseConnection) => {
      const rows = await sql<{ major: string; minor: string; comb: string | null }>(
        connection,
        'SELECT major_iov AS major, minor_iov AS minor, comb_iov AS comb FROM "PayloadIOV"',
      );
      expect(rows).toHaveLength(IOVS);
      return rows.filter(
        ({ major, minor, comb }) => comb !== exactCombIov(BigInt(major), BigInt(minor)),
      );
    };
    expect(await wrong(database)).toEqual([]);
    const damaged = await wrong(old);
    expect(report.repairedCombIov).toBe(damaged.length);
    const rounded = damaged.filter(({ comb }) => comb !== null);
    expect(rounded.length).toBeGreaterThan(25_000);
    expect(damaged.length - rounded.length).toBe(IOVS / 50);
  });

  it('adds the statuses that are missing and keeps those that are there', async () => {
    const statuses = await sql<{ id: string; name: string }>(
      database,
      'SELECT * FROM "GlobalTagStatus" ORDER BY id',
    );
    expect(statuses.slice(0, 2)).toEqual(before.statuses);
    expect(statuses.map(({ id, name }) => [id, name])).toEqual([
      ['7', 'test'],
      ['12', 'locked'],
      ['13', 'unlocked'],
      ['14', 'frozen'],
    ]);
  });

  it('leaves the sequences ahead of the ids', async () => {
    const next = await sql<{ list: string; iov: string; tag: string }>(
      database,
      `SELECT nextval('"PayloadListIdSequence_id_seq"') AS list,
              nextval('"PayloadIOV_id_seq"') AS iov,
              nextval('"GlobalTag_id_seq"') AS tag`,
    );
    expect(next).toEqual([{ list: '101', iov: String(IOVS + 1), tag: '3' }]);
  });

  it('gives times their default', async () => {
    const [row] = await sql<{ created: Date }>(
      database,
      `INSERT INTO "PayloadType" (name) VALUES ('New') RETURNING created`,
    );
    expect(row?.created).toBeInstanceOf(Date);
  });

  it('names the rows that break a constraint and carries on without it', () => {
    const { list, beside } = DAMAGE.secondListOfItsType;
    expect(report.adopted).toBe(true);
    expect(report.skippedConstraints).toEqual([
      {
        constraint: 'payload_list_one_per_type_uq',
        reason: expect.any(String),
        rows: { table: 'PayloadList', count: 2, firstIds: [String(beside), String(list)] },
      },
      {
        constraint: 'payload_iov_interval_ck',
        reason: expect.any(String),
        rows: { table: 'PayloadIOV', count: 2, firstIds: DAMAGE.endBeforeStart.map(String) },
      },
    ]);
  });

  it('answers the resolve query from its index', async () => {
    const client = await openSession(database);
    await client.query('VACUUM ANALYZE "PayloadIOV"');
    const plan = await client.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT id FROM "PayloadIOV"
        WHERE payload_list_id = 3 AND (major_iov, minor_iov) <= (4, 5)
        ORDER BY major_iov DESC, minor_iov DESC, id DESC LIMIT 1`,
    );
    await client.end();
    const lines = plan.rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(lines).toMatch(/Index Only Scan using payload_iov_resolve_idx/);
    expect(lines).not.toContain('Sort');
  });

  it('does nothing when called again, and adds the constraints once the rows are repaired', async () => {
    const again = await migrate(database, silent);
    expect(again).toEqual({
      applied: [],
      adopted: false,
      repairedCombIov: 0,
      skippedConstraints: report.skippedConstraints,
    });

    await sql(
      database,
      `UPDATE "PayloadList" SET global_tag_id = NULL WHERE id = ${DAMAGE.secondListOfItsType.list};
       UPDATE "PayloadIOV" SET major_iov_end = major_iov, minor_iov_end = minor_iov
        WHERE id IN (${DAMAGE.endBeforeStart.join(', ')})`,
    );
    const repaired = await migrate(database, silent);
    expect(repaired.skippedConstraints).toEqual([]);
    await expect(
      sql(database, 'UPDATE "PayloadIOV" SET major_iov_end = -1 WHERE id = 1'),
    ).rejects.toMatchObject({ constraint: 'payload_iov_interval_ck' });
    await expect(
      sql(
        database,
        `UPDATE "PayloadList" SET global_tag_id = 1 WHERE id = ${DAMAGE.secondListOfItsType.list}`,
      ),
    ).rejects.toMatchObject({ constraint: 'payload_list_one_per_type_uq' });
    expect(await migrate(database, silent)).toMatchObject({ applied: [], skippedConstraints: [] });
  });
});

describe('A database in use while it is adopted', () => {
  it('keeps taking rows', async () => {
    const database = await cloneDatabase(old);
    let over = false;
    let inserted = 0;
    const writer = async () => {
      const client = await openSession(database);
      // A writer that had to wait for the whole adoption would see this.
      await client.query(`SET lock_timeout = '15s'`);
      for (; !over; inserted++) await client.query(insertIov(3));
      await client.end();
    };
    const writers = [writer(), writer()];
    const report = await migrate(database, silent);
    const during = inserted;
    over = true;
    await Promise.all(writers);
    expect(report.adopted).toBe(true);
    expect(during).toBeGreaterThan(10);
    const [count] = await sql(database, 'SELECT count(*)::int AS rows FROM "PayloadIOV"');
    expect(count).toEqual({ rows: IOVS + inserted });
    expect(await indexIsValid(database)).toBe(true);
  });

  it('takes rows in the middle of the index build', async () => {
    const database = await cloneDatabase(unindexed);
    const slow = await openSession(database);
    await slow.query('BEGIN');
    await slow.query(insertIov(13));
    const migrated = migrate(database, silent);
    await until(() => isBuilding(database));
    await sql(database, insertIov(3));
    await sql(database, 'UPDATE "PayloadIOV" SET extra = 1 WHERE id = 5');
    expect(await isBuilding(database)).toBe(true);
    await slow.query('COMMIT');
    await slow.end();
    await migrated;
    expect(await indexIsValid(database)).toBe(true);
  });

  it('is not locked up behind a long transaction', async () => {
    const database = await cloneDatabase(empty);
    const reader = await openSession(database);
    await reader.query('BEGIN; SELECT FROM "PayloadIOV"');
    const log = recordingLog();
    const migrated = migrate(database, { log });
    await until(() => log.messages.some((message) => message.includes('giving way')));
    await sql(database, `SET lock_timeout = '15s'; ${insertIov(null)}`);
    await reader.query('COMMIT');
    await reader.end();
    expect(await migrated).toMatchObject({ adopted: true });
  });
});

describe('Several migrations at once', () => {
  it('take turns: three processes adopt once', async () => {
    const database = await cloneDatabase(old);
    const processes = [1, 2, 3].map(() => migrateProcess(database));
    const reports = await Promise.all(
      processes.map(async (started) => JSON.parse(await (await started).report) as MigrationReport),
    );
    const [one, ...others] = reports.filter(({ applied }) => applied.length > 0);
    expect(one).toMatchObject({ adopted: true });
    expect(others).toEqual([]);
    expect(await indexIsValid(database)).toBe(true);
  });

  it('do not get into the way of a concurrent index build', async () => {
    const database = await cloneDatabase(unindexed);
    const slow = await openSession(database);
    await slow.query('BEGIN');
    await slow.query(insertIov(13));
    const first = migrate(database, silent);
    await until(() => isBuilding(database));
    const log = recordingLog();
    const second = migrate(database, { log });
    await until(() => log.messages.some((message) => message.includes('Another process')));
    await slow.query('COMMIT');
    await slow.end();
    await Promise.all([first, second]);
    expect(await indexIsValid(database)).toBe(true);
  });
});

describe('An interrupted index build', () => {
  it('is built again by the next migration', async () => {
    const database = await cloneDatabase(unindexed);
    const slow = await openSession(database);
    await slow.query('BEGIN');
    await slow.query(insertIov(13));
    const interrupted = migrate(database, silent).catch((error: unknown) => error);
    await until(() => isBuilding(database));
    await sql(
      database,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'Tempora migration'`,
    );
    expect(await interrupted).toBeInstanceOf(Error);
    await slow.query('COMMIT');
    await slow.end();
    expect(await indexIsValid(database)).toBe(false);

    await migrate(database, silent);
    expect(await indexIsValid(database)).toBe(true);
  });

  it('is waited for where only the process was killed and the server goes on', async () => {
    const database = await cloneDatabase(unindexed);
    const slow = await openSession(database);
    await slow.query('BEGIN');
    await slow.query(insertIov(13));
    const { child: killed } = await migrateProcess(database);
    await until(() => isBuilding(database));
    killed.kill('SIGKILL');
    await once(killed, 'exit');

    const log = recordingLog();
    const next = migrate(database, { log });
    await until(() => log.messages.some((message) => message.includes('Another process')));
    await slow.query('COMMIT');
    await slow.end();
    await next;
    expect(await indexIsValid(database)).toBe(true);
  });
});

describe('A database that is something else', () => {
  const cases: [string, string, string][] = [
    ['has only some of the tables', 'DROP TABLE "PayloadIOV"', 'but not "PayloadIOV"'],
    ['lacks a column', 'ALTER TABLE "PayloadIOV" DROP comb_iov CASCADE', 'no column comb_iov'],
    ['is older', 'ALTER TABLE "PayloadIOV" DROP extra, DROP size', 'manage.py migrate'],
    [
      'has a column of another type',
      'ALTER TABLE "GlobalTag" ALTER id TYPE integer',
      '"GlobalTag".id is integer, not bigint',
    ],
    [
      'has a column that must be given',
      'ALTER TABLE "PayloadType" ADD detector text NOT NULL',
      '"PayloadType".detector must be given',
    ],
    [
      'has ids that are not counted',
      'ALTER TABLE "PayloadIOV" ALTER id DROP IDENTITY',
      '"PayloadIOV".id does not number its rows',
    ],
    [
      'has a view in place of a table',
      'DROP TABLE "PayloadListIdSequence"; CREATE VIEW "PayloadListIdSequence" AS SELECT 1::bigint AS id',
      '"PayloadListIdSequence" is no table',
    ],
  ];

  it.each(cases)('is refused and left as it was: it %s', async (_, change, sentence) => {
    const database = await cloneDatabase(empty);
    await sql(database, change);
    const before = await schemaDump(database);
    const refusal = await migrate(database, silent).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DatabaseRefusal);
    expect(String(refusal)).toContain(sentence);
    expect(await schemaDump(database)).toBe(before);
  });

  it('is refused to a user who does not own it', async () => {
    const database = await cloneDatabase(empty);
    const stranger = { ...database, user: `stranger_${database.database}`, password: 'guess' };
    const superuser = await createDatabase();
    await sql(superuser, `CREATE ROLE ${stranger.user} LOGIN PASSWORD 'guess'`);
    await sql(
      database,
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${stranger.user}`,
    );
    const before = await schemaDump(database);
    await expect(migrate(stranger, silent)).rejects.toThrow('may not change it');
    expect(await schemaDump(database)).toBe(before);

    await migrate(database, silent);
    await sql(database, `GRANT SELECT ON tempora_migrations TO ${stranger.user}`);
    expect(await migrate(stranger, silent)).toMatchObject({ applied: [] });
  });

  it('is taken where its other tables are not ours to mind, as are more columns', async () => {
    const database = await emptyDatabase();
    await sql(database, 'CREATE TABLE "Inventory" (id int)');
    expect(await migrate(database, silent)).toMatchObject({ adopted: false });
    const adopted = await cloneDatabase(empty);
    await sql(adopted, 'ALTER TABLE "GlobalTag" ADD note text');
    expect(await migrate(adopted, silent)).toMatchObject({ adopted: true });
  });
});

describe('A broken constraint has one name, whoever made it', () => {
  const breaking: [string, string][] = [
    [
      'global_tag_status_name_key',
      `INSERT INTO "GlobalTagStatus" (name) VALUES ('a'); INSERT INTO "GlobalTagStatus" (name) VALUES ('a')`,
    ],
    [
      'global_tag_name_key',
      `INSERT INTO "GlobalTag" (name, status_id) SELECT 'a', min(id) FROM "GlobalTagStatus", generate_series(1, 2) GROUP BY generate_series`,
    ],
    [
      'payload_type_name_key',
      `INSERT INTO "PayloadType" (name) SELECT 'a' FROM generate_series(1, 2)`,
    ],
    [
      'payload_list_name_key',
      `INSERT INTO "PayloadList" (id, name, payload_type_id) SELECT n, 'a', 1 FROM generate_series(1, 2) AS n`,
    ],
    ['global_tag_status_fk', `INSERT INTO "GlobalTag" (name, status_id) VALUES ('a', 99)`],
    [
      'payload_list_payload_type_fk',
      `INSERT INTO "PayloadList" (id, name, payload_type_id) VALUES (1, 'a', 99)`,
    ],
    [
      'payload_list_global_tag_fk',
      `INSERT INTO "PayloadType" (id, name) VALUES (50, 'b');
       INSERT INTO "PayloadList" (id, name, payload_type_id, global_tag_id) VALUES (1, 'a', 50, 99)`,
    ],
    [
      'payload_iov_payload_list_fk',
      `INSERT INTO "PayloadIOV" (payload_url, checksum, major_iov, minor_iov, major_iov_end, minor_iov_end, payload_list_id)
       VALUES ('a', 'b', 0, 0, 1, 1, 99)`,
    ],
    [
      'payload_iov_interval_ck',
      `INSERT INTO "PayloadIOV" (payload_url, checksum, major_iov, minor_iov, major_iov_end, minor_iov_end)
       VALUES ('a', 'b', 1, 1, 1, 0)`,
    ],
    [
      'payload_list_one_per_type_uq',
      `INSERT INTO "GlobalTag" (id, name, status_id) SELECT 50, 'a', min(id) FROM "GlobalTagStatus";
       INSERT INTO "PayloadType" (id, name) VALUES (50, 'b');
       INSERT INTO "PayloadList" (id, name, payload_type_id, global_tag_id) VALUES (1, 'a', 50, 50), (2, 'b', 50, 50)`,
    ],
  ];
  let fresh: DatabaseConnection;
  let adopted: DatabaseConnection;

  beforeAll(async () => {
    fresh = await createDatabase();
    adopted = await cloneDatabase(empty);
    await migrate(adopted, silent);
  });

  it.each(breaking)('%s', async (name, statement) => {
    for (const database of [fresh, adopted]) {
      const error = await sql(database, statement).catch((thrown: unknown) => thrown);
      expect(constraintOf(error)).toBe(name);
    }
  });

  it('and none, if it is not ours', async () => {
    await sql(fresh, 'CREATE TABLE other (id int PRIMARY KEY); INSERT INTO other VALUES (1)');
    const error = await sql(fresh, 'INSERT INTO other VALUES (1)').catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Error);
    expect(constraintOf(error)).toBeUndefined();
    expect(constraintOf(new Error('something else'))).toBeUndefined();
  });
});
