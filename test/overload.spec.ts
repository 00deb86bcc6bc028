/** Ten times as much as the database can answer. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type DatabaseConnection } from '#database';
import { DatabaseLine } from './database-line.js';
import { DropInConditions } from './drop-in-conditions.js';
import { createDatabase, sql } from './postgres.js';
import { readiness } from './replicated-service.js';
import { startServer, type TestServer } from './server.js';
import { until } from './until.js';

const POOL = 4;
const HERD = 400;

/** Every answer comes from the database, which is waited for a moment. */
const ENV = {
  CDB_POOL_SIZE: String(POOL),
  CDB_POOL_WAIT_MS: '300',
  CDB_READ_TIMEOUT_S: '1',
  CDB_TIMELINE_MEMORY_MB: '0',
};

/** So many questions at once, no two alike, half of them of each protocol: how they were answered. */
async function herd({ dropIn, native }: TestServer): Promise<Set<string>> {
  const answers = Array.from({ length: HERD }, async (_, minor) => {
    if (minor % 2 === 0) {
      const { status } = await dropIn.get(`payloadiovs/?gtName=T&majorIOV=1&minorIOV=${minor}`);
      return `drop-in ${status}`;
    }
    const { status, headers } = await native.get(
      `global-tags/T/payloads/at?major=1&minor=${minor}`,
    );
    return `native ${status}${headers.get('retry-after') === null ? '' : ' with Retry-After'}`;
  });
  return new Set(await Promise.all(answers));
}

/** The connections for requests that PostgreSQL has, the most there were while `work` went on. */
async function mostConnections(
  database: DatabaseConnection,
  work: () => Promise<void>,
): Promise<number> {
  const onlooker = new pg.Client(database);
  await onlooker.connect();
  let most = 0;
  const done = new AbortController();
  const looking = (async () => {
    while (!done.signal.aborted) {
      const { rows } = await onlooker.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = 'Tempora'`,
      );
      most = Math.max(most, rows[0]?.count ?? 0);
    }
  })();
  try {
    await work();
  } finally {
    done.abort();
    await looking;
    await onlooker.end();
  }
  return most;
}

const ANSWERED = ['drop-in 200', 'native 200'];
const LATER = ['drop-in 504', 'native 503 with Retry-After'];

describe('Ten times as much as the database can answer', () => {
  let database: DatabaseConnection;
  let line: DatabaseLine;
  let server: TestServer;

  beforeAll(async () => {
    database = await createDatabase();
    line = await DatabaseLine.open(database);
    line.slowDown(20);
    server = await startServer({ connection: line.connection, env: ENV });
    const conditions = new DropInConditions(server.dropIn);
    const [list = ''] = await conditions.tagWithLists('T', 'Beam');
    await conditions.inserted(list, 'p', [0, 0]);
  });
  afterAll(async () => {
    await server.stop();
    line.close();
  });

  it('is answered, or told to come again; connections and memory stay as they are', async () => {
    const most = await mostConnections(database, async () => {
      const seen = new Set<string>();
      const round = async (): Promise<void> => {
        for (const answer of await herd(server)) seen.add(answer);
      };
      for (let i = 0; i < 4; i++) await round();
      const before = await server.memory();
      for (let i = 0; i < 6; i++) await round();
      const grown = (await server.memory()) - before;
      expect([...ANSWERED, ...LATER]).toEqual(expect.arrayContaining([...seen]));
      expect(seen.has(LATER[0] ?? '')).toBe(true);
      // One kilobyte kept of each request would be more than twice as much.
      expect(grown).toBeLessThan(1_000_000);
    });
    expect(most).toBeLessThanOrEqual(POOL);
    await until(async () => (await server.native.get('global-tags/T')).status === 200);
  });

  it('while the tables are locked, nobody waits for long, and no connection is left behind', async () => {
    const somebody = new pg.Client(database);
    await somebody.connect();
    try {
      await somebody.query('BEGIN; LOCK TABLE "PayloadIOV"');
      const most = await mostConnections(database, async () => {
        for (let i = 0; i < 4; i++) {
          const answers = [...(await herd(server))];
          expect(LATER).toEqual(expect.arrayContaining(answers));
        }
      });
      expect(most).toBeLessThanOrEqual(POOL);
      await somebody.query('COMMIT');
      await until(async () => (await herd(server)).has('native 200'));
      const [row] = await sql<{ count: string }>(
        database,
        `SELECT count(*) FROM pg_stat_activity
          WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()`,
      );
      expect(Number(row?.count)).toBeLessThanOrEqual(POOL + 1);
    } finally {
      await somebody.end();
    }
  });

  it('is no reason to send anybody elsewhere: memory answers meanwhile', async () => {
    const busy = await startServer({
      connection: database,
      env: { ...ENV, CDB_POOL_SIZE: '2', CDB_READ_TIMEOUT_S: '60' },
    });
    const somebody = new pg.Client(database);
    await somebody.connect();
    const stuck = async (): Promise<number> => {
      const { rows } = await somebody.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows[0]?.count ?? 0;
    };
    try {
      await until(async () => (await readiness(busy)).code === 200);
      await somebody.query('BEGIN; LOCK TABLE "PayloadIOV"');
      const asked = [1, 2].map((minor) =>
        busy.dropIn.get(`payloadiovs/?gtName=T&majorIOV=2&minorIOV=${minor}`),
      );
      await until(async () => (await stuck()) === 2);
      await until(async () => {
        const { code, status } = await readiness(busy);
        return code === 200 && status === 'degraded';
      });
      expect(await stuck()).toBe(2);
      await somebody.query('COMMIT');
      for (const { status } of await Promise.all(asked)) expect(status).toBe(200);
    } finally {
      await somebody.end();
      await busy.stop();
    }
  });
});
