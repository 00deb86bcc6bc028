/**
 * What PostgreSQL's own partitioning does to the resolve: the same payloads in one table, then in
 * tables by the hash of their list. `npm run try:partitions [-- lists iovsPerList]`; the data stays in
 * `.bench/partitions`.
 */
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { RESOLVE_ROWS } from '../../dist/apps/api/src/iov-query/iov-query.sql.js';
import { RESOLVE_TAG } from '../../dist/apps/api/src/iov-query/resolve-tag.sql.js';
import { loadDatabase } from '../../dist/bench/load-database.js';
import { migrate, startEmbeddedPostgres } from '../../dist/libs/database/src/index.js';

const [types = 200, iovsPerList = 10_000] = process.argv.slice(2).map(Number);
const PARTITIONS = [0, 16, 64, 256];
const QUESTIONS = 300;
const LATEST = 2 ** 31 - 1;
const log = { info: (text) => console.error(text), warn: (text) => console.error(text) };
const TAG = 'partitions';

const server = await startEmbeddedPostgres({
  dataDir: '.bench/partitions',
  durable: false,
  settings: { max_locks_per_transaction: '1024' },
  log,
});
const { connection } = server;
try {
  await migrate(connection, { log });
  await loadDatabase(connection, [{ tag: TAG, types, iovsPerList, starts: 'random-moments' }]);
  const figures = [];
  for (const count of PARTITIONS) figures.push(await measure(count));
  console.log(
    JSON.stringify({ payloads: types * iovsPerList, lists: types, figures }, undefined, 2),
  );
} finally {
  await server.stop();
}

async function measure(partitions) {
  const client = await connected();
  const table = partitions === 0 ? 'PayloadIOV' : `PayloadIOV_by_${partitions}`;
  if (partitions > 0) await partition(client, table, partitions);
  const inTable = (text) => text.replaceAll('"PayloadIOV"', `"${table}"`);
  const figures = { partitions };
  for (const [name, text, more] of [
    ['resolve', RESOLVE_ROWS.text, []],
    ['resolveWithWindow', RESOLVE_TAG.text, [false, null]],
  ]) {
    const fresh = await connected();
    await fresh.query('SET plan_cache_mode = force_generic_plan');
    const ask = () => {
      const moment = [at(), at()].map((part) => (more.length > 0 ? [part] : part));
      return fresh.query({ name, text: inTable(text), values: [TAG, ...moment, ...more] });
    };
    const first = await timed(ask);
    const { rows } = await fresh.query('SELECT pg_backend_pid() AS pid');
    const before = cpuMs(rows[0].pid);
    for (let i = 0; i < QUESTIONS; i++) await ask();
    figures[`${name}FirstMs`] = round(first);
    figures[`${name}CpuMs`] = round((cpuMs(rows[0].pid) - before) / QUESTIONS);
    figures[`${name}LocksHeld`] = await locksOf(fresh, ask);
    await fresh.end();
  }
  figures.scans = await scansOf(client, inTable(RESOLVE_ROWS.text));
  figures.detachAndAttachCpuMs = round(await detaching(client, table));
  const { rows } = await client.query(
    `SELECT sum(pg_relation_size(indexrelid)) AS bytes FROM pg_index
      WHERE indnatts = 4 AND (indrelid = $1::regclass
        OR indrelid IN (SELECT relid FROM pg_partition_tree($1::regclass)))`,
    [`"${table}"`],
  );
  figures.resolveIndexMB = Math.round(Number(rows[0].bytes) / 1e6);
  if (partitions > 0) await client.query(`DROP TABLE "${table}"`);
  await client.end();
  log.info(JSON.stringify(figures));
  return figures;
}

/** A number for the primary key that is unique in all partitions cannot be promised: `id` is no key. */
async function partition(client, table, partitions) {
  await client.query(
    `CREATE TABLE "${table}" (LIKE "PayloadIOV" INCLUDING DEFAULTS) PARTITION BY HASH (payload_list_id)`,
  );
  for (let i = 0; i < partitions; i++) {
    await client.query(
      `CREATE TABLE "${table}_${i}" PARTITION OF "${table}"
         FOR VALUES WITH (MODULUS ${partitions}, REMAINDER ${i})`,
    );
  }
  await client.query(`INSERT INTO "${table}" SELECT * FROM "PayloadIOV"`);
  await client.query(
    `CREATE INDEX ON "${table}" (payload_list_id, major_iov DESC, minor_iov DESC, id DESC);
     CREATE INDEX ON "${table}" (id);
     ALTER TABLE "${table}" ADD FOREIGN KEY (payload_list_id) REFERENCES "PayloadList"
       DEFERRABLE INITIALLY DEFERRED`,
  );
  await client.query(`VACUUM ANALYZE "${table}"`);
}

async function locksOf(client, ask) {
  await client.query('BEGIN');
  await ask();
  const { rows } = await client.query(
    'SELECT count(*)::int AS count FROM pg_locks WHERE pid = pg_backend_pid()',
  );
  await client.query('COMMIT');
  return rows[0].count;
}

async function scansOf(client, text) {
  await client.query(`SET plan_cache_mode = force_generic_plan; PREPARE looked AS ${text}`);
  const { rows } = await client.query(
    `EXPLAIN (FORMAT JSON) EXECUTE looked ('${TAG}', ${at()}, ${at()})`,
  );
  await client.query('DEALLOCATE looked');
  const names = new Map();
  const look = (node) => {
    if (node['Relation Name']?.startsWith('PayloadIOV')) {
      names.set(node['Node Type'], (names.get(node['Node Type']) ?? 0) + 1);
    }
    node.Plans?.forEach(look);
  };
  look(rows[0]['QUERY PLAN'][0].Plan);
  return Object.fromEntries(names);
}

/** Between a list and none a row moves to another partition. Triggers, which cost the same, are left out. */
async function detaching(client, table) {
  await client.query('SET session_replication_role = replica');
  const { rows } = await client.query(
    `SELECT id, payload_list_id AS list FROM "${table}" WHERE id % 1009 = 1 LIMIT 100`,
  );
  const session = await client.query('SELECT pg_backend_pid() AS pid');
  const before = cpuMs(session.rows[0].pid);
  const move = `UPDATE "${table}" SET payload_list_id = $2 WHERE id = $1`;
  for (const { id, list } of rows) {
    await client.query({ name: 'move', text: move, values: [id, null] });
    await client.query({ name: 'move', text: move, values: [id, list] });
  }
  return (cpuMs(session.rows[0].pid) - before) / rows.length;
}

/** Processor time of a process, which other jobs do not change much. Linux only. */
function cpuMs(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function connected() {
  const client = new pg.Client(connection);
  await client.connect();
  return client;
}

async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function at() {
  return Math.floor(Math.random() * LATEST);
}

function round(ms) {
  return Math.round(ms * 100) / 100;
}
