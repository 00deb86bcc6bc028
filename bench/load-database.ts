import { Client, type ClientConfig } from 'pg';
import { formatBytes, formatCount } from './format.js';
import { progress } from './progress.js';
import { LATEST, RUNS, SCENARIOS, type Scenario, iovsOf, typeName } from './scenarios.js';

/** Written as the description of each tag; another version means other data. */
const DATA_VERSION = 'Tempora benchmark, data 1';
const LISTS_AT_ONCE = 20;

/** How long a scenario took to load, in this run or in an earlier one. */
interface LoadedScenario {
  readonly tag: string;
  readonly iovs: number;
  readonly seconds: number;
}

export interface LoadedDatabase {
  readonly scenarios: readonly LoadedScenario[];
  readonly bytes: number;
}

/**
 * Puts the scenarios into a migrated database, those that are not there yet. A scenario is one
 * transaction, so a tag that exists is complete.
 */
export async function loadDatabase(
  connection: ClientConfig,
  scenarios: readonly Scenario[],
): Promise<LoadedDatabase> {
  const client = new Client(connection);
  await client.connect();
  try {
    const loaded: LoadedScenario[] = [];
    let changed = false;
    for (const scenario of scenarios) {
      const seconds = await secondsOfEarlierLoad(client, scenario);
      if (seconds === undefined) changed = true;
      loaded.push({
        tag: scenario.tag,
        iovs: iovsOf(scenario),
        seconds: seconds ?? (await load(client, scenario)),
      });
    }
    if (changed) {
      progress('VACUUM ANALYZE …');
      await client.query('VACUUM (ANALYZE)');
      await client.query('CHECKPOINT');
    }
    const { rows } = await client.query<{ bytes: string }>(
      'SELECT pg_database_size(current_database()) AS bytes',
    );
    return { scenarios: loaded, bytes: Number(rows[0]?.bytes) };
  } finally {
    await client.end();
  }
}

async function secondsOfEarlierLoad(
  client: Client,
  { tag }: Scenario,
): Promise<number | undefined> {
  const { rows } = await client.query<{ description: string | null }>(
    'SELECT description FROM "GlobalTag" WHERE name = $1',
    [tag],
  );
  if (!rows[0]) return undefined;
  const [version, seconds] = (rows[0].description ?? '').split('; loaded in ');
  if (version !== DATA_VERSION) {
    throw new Error(`The benchmark's database holds other data as "${tag}". Delete .bench/.`);
  }
  return parseFloat(seconds ?? '');
}

async function load(client: Client, scenario: Scenario): Promise<number> {
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  await client.query('BEGIN');
  try {
    await client.query('SET CONSTRAINTS ALL IMMEDIATE');
    const lists = await createLists(client, scenario);
    const foreignKeys = await dropForeignKeys(client);
    for (let at = 0; at < lists.length; at += LISTS_AT_ONCE) {
      await client.query(INSERT_IOVS[scenario.starts], [
        lists.slice(at, at + LISTS_AT_ONCE),
        scenario.iovsPerList,
        SCENARIOS.indexOf(scenario),
      ]);
      const done = Math.min(at + LISTS_AT_ONCE, lists.length) * scenario.iovsPerList;
      progress(
        `Loading ${scenario.tag}: ${formatCount(done)} of ${formatCount(iovsOf(scenario))} IOVs`,
      );
    }
    for (const { add } of foreignKeys) await client.query(add);
    await client.query('UPDATE "GlobalTag" SET description = $2 WHERE name = $1', [
      scenario.tag,
      `${DATA_VERSION}; loaded in ${elapsed().toFixed(1)} s`,
    ]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
  return elapsed();
}

/**
 * Checking the foreign key of each of five million rows takes three times as long as inserting
 * them; adding it again checks all rows in one join, in the same transaction.
 */
async function dropForeignKeys(client: Client): Promise<{ add: string }[]> {
  const { rows } = await client.query<{ drop: string; add: string }>(FOREIGN_KEYS);
  for (const { drop } of rows) await client.query(drop);
  return rows;
}

const FOREIGN_KEYS = `
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,
              pg_get_constraintdef(oid)) AS add
FROM pg_constraint
WHERE contype = 'f' AND conrelid = '"PayloadIOV"'::regclass`;

/** @returns the ids of the tag's lists, in the order of their types */
async function createLists(client: Client, { tag, types }: Scenario): Promise<string[]> {
  const names = Array.from({ length: types }, (_, index) => typeName(index));
  await client.query(INSERT_TYPES, [names]);
  await client.query(INSERT_TAG, [tag]);
  const { rows } = await client.query<{ id: string }>(INSERT_LISTS, [tag, names]);
  return rows.map(({ id }) => id);
}

const INSERT_TYPES = `
INSERT INTO "PayloadType" (name, created)
SELECT name, now() FROM unnest($1::text[]) AS name
ON CONFLICT (name) DO NOTHING`;

const INSERT_TAG = `
INSERT INTO "GlobalTag" (name, author, created, updated, status_id)
SELECT $1, 'bench', now(), now(), id FROM "GlobalTagStatus" WHERE name = 'unlocked'`;

const INSERT_LISTS = `
WITH ids AS (
  INSERT INTO "PayloadListIdSequence" (id)
  SELECT nextval(pg_get_serial_sequence('"PayloadListIdSequence"', 'id'))
  FROM generate_series(1, cardinality($2::text[]))
  RETURNING id
), numbered AS (SELECT id, row_number() OVER (ORDER BY id) AS number FROM ids)
INSERT INTO "PayloadList" (id, name, created, updated, global_tag_id, payload_type_id)
SELECT numbered.id, type.name || '_' || numbered.id, now(), now(), tag.id, type.id
FROM numbered
JOIN unnest($2::text[]) WITH ORDINALITY AS wanted (name, number) USING (number)
JOIN "PayloadType" type ON type.name = wanted.name
JOIN "GlobalTag" tag ON tag.name = $1
ORDER BY numbered.id
RETURNING id`;

/** Pseudo-random in [0, 2^31 - 1], the same in every load: a hash of type, IOV and seed. */
const hash = (seed: string): string =>
  `(hashint8extended(right(type.name, 3)::bigint * 1000003 + iov.number, ${seed}) & ${LATEST})`;

const insertIovs = (major: string, minor: string): string => `
INSERT INTO "PayloadIOV" (payload_url, checksum, major_iov, minor_iov, major_iov_end, minor_iov_end,
                          comb_iov, created, updated, payload_list_id)
SELECT url, md5(url), major, minor, 9223372036854775807, 9223372036854775807,
       major + minor * 0.0000000000000000001, now(), now(), list.id
FROM "PayloadList" list
JOIN "PayloadType" type ON type.id = list.payload_type_id
CROSS JOIN generate_series(0, $2::bigint - 1) AS iov (number)
CROSS JOIN LATERAL (SELECT ${major} AS major, ${minor} AS minor) start
CROSS JOIN LATERAL (SELECT list.name || '_' || major || '_' || minor || '_file.data' AS url) named
WHERE list.id = ANY ($1::bigint[])
ORDER BY list.id, iov.number`;

const INSERT_IOVS: Record<Scenario['starts'], string> = {
  'random-moments': insertIovs(hash('$3::bigint * 2'), hash('$3::bigint * 2 + 1')),
  // One start in each stretch of runs, so that no two are equal; the first is run 0.
  runs: insertIovs(
    '0::bigint',
    `iov.number * (${RUNS} / $2::bigint)
     + least(iov.number, 1) * (${hash('$3::bigint')} % (${RUNS} / $2::bigint))`,
  ),
};

/** One line per scenario, for people. */
export const describeLoaded = ({ scenarios, bytes }: LoadedDatabase): string =>
  `${scenarios.map(({ tag, iovs, seconds }) => `${tag} ${formatCount(iovs)} IOVs in ${seconds.toFixed(1)} s`).join(', ')}; database ${formatBytes(bytes)}`;
