/** Through a PgBouncer that lends sessions for a transaction each, where one is on this machine. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type DatabaseConnection, prepareSession } from '#database';
import { type ClusterServer } from './cluster-server.js';
import { PostgresCluster } from './cluster.js';
import { itKeepsTheContract } from './contract/recorded-contract.js';
import { DropInConditions } from './drop-in-conditions.js';
import { PgBouncer, pgBouncerHere, type PgBouncerProgram } from './pgbouncer.js';
import { createDatabase, sql } from './postgres.js';
import { readiness, urlOf } from './replicated-service.js';
import { type Environment, startServer, type TestServer } from './server.js';
import { until } from './until.js';
import { endServices, runService, startService } from './service-process.js';

/** Fewer than our connections: they take turns with every session. */
const SESSIONS = 3;

const CLIENTS = 10;
const QUESTIONS = 60;

const found = pgBouncerHere();

if (found === undefined) {
  it.skip('PgBouncer is not on this machine (apt-get install pgbouncer): nothing is tried through it', () =>
    undefined);
} else {
  describe(`Through PgBouncer ${found.version} with pool_mode = transaction`, () => {
    throughPgBouncer(found);
  });
}

function throughPgBouncer(program: PgBouncerProgram): void {
  let database: DatabaseConnection;
  let bouncer: PgBouncer;

  beforeAll(async () => {
    database = await createDatabase();
    bouncer = await PgBouncer.start(program, database, { sessions: SESSIONS });
  });
  afterAll(async () => {
    await endServices();
    await bouncer.stop();
  });

  const environment = (env: Environment = {}): Environment => ({
    CDB_PRIMARY_URL: urlOf(bouncer.connection),
    CDB_DIRECT_URL: urlOf(database),
    ...env,
  });
  const start = (env?: Environment): Promise<TestServer> =>
    startServer({ connection: bouncer.connection, env: environment(env) });

  /** What is left in the sessions that it lends. */
  async function sessions(): Promise<{ lock: string; statement: string; names: string[] }[]> {
    const look = `
      SELECT pg_backend_pid() AS pid, current_setting('lock_timeout') AS lock,
             current_setting('statement_timeout') AS statement,
             ARRAY(SELECT name FROM pg_prepared_statements) AS names
        FROM pg_sleep(0.1)`;
    const looks = Array.from({ length: 2 * SESSIONS }, () =>
      sql<{ pid: number; lock: string; statement: string; names: string[] }>(
        bouncer.connection,
        look,
      ),
    );
    const rows = (await Promise.all(looks)).flat();
    return [...new Map(rows.map(({ pid, ...session }) => [pid, session])).values()];
  }

  describe('each recorded exchange is kept', () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server.stop());

    itKeepsTheContract(() => server.dropIn);

    it('and changes are heard past it', async () => {
      expect(await readiness(server)).toMatchObject({ code: 200, status: 'ok' });
    });
  });

  it('readers and writers, more than it has sessions, are all answered, and leave nothing behind', async () => {
    const server = await start({ CDB_TIMELINE_MEMORY_MB: '0' });
    try {
      const conditions = new DropInConditions(server.dropIn);
      const [list = ''] = await conditions.tagWithLists('Busy', 'BusyType');
      const statuses = new Set<number>();
      const client = async (first: number): Promise<void> => {
        for (let i = first; i < QUESTIONS; i += CLIENTS) {
          if (i % 3 === 0) await conditions.inserted(list, `url-${i}`, [0, i], [0, i + 1]);
          const answers = await Promise.all([
            server.dropIn.get(`payloadiovs/?gtName=Busy&majorIOV=0&minorIOV=${i}`),
            server.native.get(`global-tags?search=Busy&page=${1 + (i % 2)}`),
          ]);
          // As many of these as are sent at once.
          if (first < 4) answers.push(await server.dropIn.get('globalTag/Busy'));
          for (const { status } of answers) statuses.add(status);
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, (_, first) => client(first)));
      expect(statuses).toEqual(new Set([200]));
      expect(await conditions.valid('Busy', [0, 42])).toEqual({ BusyType: 'url-42' });
    } finally {
      await server.stop();
    }
    const left = await sessions();
    expect(left).toHaveLength(SESSIONS);
    const { lock, statement } = { lock: '0', statement: '0' };
    for (const session of left) expect(session).toMatchObject({ lock, statement });
    const names = left.flatMap((session) => session.names);
    expect(names.filter((name) => !name.startsWith('PGBOUNCER_'))).toEqual([]);
    // Those that it keeps apart itself are used.
    expect(names.length > 0).toBe(program.keepsStatements);
  });

  it('a write is given up as the settings say, though no session carries them', async () => {
    const server = await start({ CDB_STATEMENT_TIMEOUT_S: '1' });
    const somebody = new pg.Client(database);
    await somebody.connect();
    try {
      const conditions = new DropInConditions(server.dropIn);
      const [list] = await conditions.tagWithLists('Held', 'HeldType');
      await somebody.query(`BEGIN; SELECT FROM "PayloadList" WHERE name = '${list}' FOR UPDATE`);
      const row = { payload_list: list, payload_url: 'p', major_iov: 0, minor_iov: 0 };
      expect(await server.dropIn.post('bulk_piov', [row])).toMatchObject({ status: 422 });
      await somebody.query('ROLLBACK');
      expect(await server.dropIn.post('bulk_piov', [row])).toMatchObject({ status: 200 });
    } finally {
      await somebody.end();
      await server.stop();
    }
  });

  it('who waits for a lock holds every session that it lends, and all are answered afterwards', async () => {
    const server = await start({ CDB_POOL_SIZE: '20' });
    const somebody = new pg.Client(database);
    await somebody.connect();
    try {
      const conditions = new DropInConditions(server.dropIn);
      const [list] = await conditions.tagWithLists('Awaited', 'AwaitedType');
      await somebody.query(`BEGIN; SELECT FROM "PayloadList" WHERE name = '${list}' FOR UPDATE`);
      const writers = Array.from({ length: 2 * SESSIONS }, async (_, minor_iov) => {
        const row = { payload_list: list, payload_url: 'p', major_iov: 0, minor_iov };
        return (await server.dropIn.post('bulk_piov', [row])).status;
      });
      const waiting = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = $1`;
      await until(
        async () => (await sql(database, waiting, [database.database])).length === SESSIONS,
      );
      // For longer than a server that is gone is waited for.
      await somebody.query('SELECT pg_sleep(4)');
      await somebody.query('ROLLBACK');
      expect(new Set(await Promise.all(writers))).toEqual(new Set([200]));
      expect((await readiness(server)).details['database']).toMatchObject({ status: 'up' });
    } finally {
      await somebody.end();
      await server.stop();
    }
  });

  it('it being gone, what goes past it goes on', async () => {
    const own = await PgBouncer.start(program, database, { sessions: SESSIONS });
    const server = await startServer({
      connection: own.connection,
      env: environment({ CDB_PRIMARY_URL: urlOf(own.connection) }),
    });
    try {
      const conditions = new DropInConditions(server.dropIn);
      await conditions.tagWithLists('Past', 'PastType');
      await until(async () => (await readiness(server)).status === 'ok');
      await own.stop();
      await until(async () => {
        const { database: told } = (await readiness(server)).details;
        return told?.['state'] === 'lost';
      });
      expect(await server.dropIn.get('globalTag/Past')).toMatchObject({ status: 200 });
    } finally {
      await server.stop();
    }
  });

  it('a session of a server that follows another is not taken to write', async () => {
    const cluster = await PostgresCluster.start({ replicas: 1 });
    const [replica] = cluster.replicas as [ClusterServer];
    const way = await PgBouncer.start(program, replica.direct, { sessions: 1 });
    const limits = { lockTimeoutMs: 0, statementTimeoutMs: 0 };
    const connected = async (onlyPrimary: boolean): Promise<void> => {
      const client = new pg.Client(way.connection);
      await client.connect();
      const options = { ...limits, prepared: 'auto' as const, waitMs: 5_000, onlyPrimary };
      try {
        await prepareSession(options)(client);
      } finally {
        await client.end();
      }
    };
    try {
      await connected(false);
      await expect(connected(true)).rejects.toMatchObject({ code: '55000' });
    } finally {
      await way.stop();
      await cluster.stop();
    }
  });

  it('what one process writes another answers from memory', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    try {
      const conditions = new DropInConditions(one.dropIn);
      const [list = ''] = await conditions.tagWithLists('Shared', 'SharedType');
      const seen = new DropInConditions(other.dropIn);
      for (let minor = 1; minor <= 20; minor++) {
        await conditions.inserted(list, `url-${minor}`, [0, minor]);
        const valid = async (): Promise<unknown> =>
          (await seen.valid('Shared', [0, minor]))['SharedType'];
        // Its notification comes a moment later.
        await until(async () => (await valid()) === `url-${minor}`);
      }
    } finally {
      await Promise.all([one.stop(), other.stop()]);
    }
  });

  it('a start without a way past it is refused, and told which setting is missing', async () => {
    const { code, stderr } = await runService(environment({ CDB_DIRECT_URL: '' }));
    expect(stderr).toMatch(/^PostgreSQL at 127\.0\.0\.1:\d+ is a pooler .* CDB_DIRECT_URL .*\.\n$/);
    expect(code).toBe(1);
  });

  it('prepared statements that are asked for are used if it keeps them apart, else refused', async () => {
    const env = environment({ CDB_PREPARED_STATEMENTS: 'on' });
    if (program.keepsStatements) {
      expect(await (await startService(env)).stop()).toBe(0);
    } else {
      const { code, stderr } = await runService(env);
      expect(stderr).toMatch(/^CDB_PREPARED_STATEMENTS is on, but PostgreSQL at .*\.\n$/);
      expect(code).toBe(1);
    }
  });

  it('nothing is missing where it lends sessions for as long as a connection', async () => {
    const patient = await PgBouncer.start(program, database, { sessions: 30, mode: 'session' });
    try {
      const service = await startService({ CDB_PRIMARY_URL: urlOf(patient.connection) });
      expect(await readiness(service)).toMatchObject({ code: 200, status: 'ok' });
      expect(await service.stop()).toBe(0);
    } finally {
      await patient.stop();
    }
  });
}
