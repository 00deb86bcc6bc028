/** What goes on without the primary, and that nothing which was acknowledged is lost. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ClusterServer } from './cluster-server.js';
import { PostgresCluster } from './cluster.js';
import { DropInConditions } from './drop-in-conditions.js';
import { allUp, readiness, startOnCluster } from './replicated-service.js';
import { type TestServer } from './server.js';
import { SteadyReaders } from './steady-readers.js';
import { SteadyWriters } from './steady-writers.js';
import { until } from './until.js';

/** Nobody who writes waits for longer. */
const TOLD_WITHIN_MS = 10_000;

/** Nobody is sent away because of these: whoever is answered was told that the primary is gone. */
const ENDLESS = { CDB_POOL_WAIT_MS: '600000', CDB_READ_TIMEOUT_S: '3600' };

describe('When the primary is lost', () => {
  let cluster: PostgresCluster;
  let server: TestServer;
  let tags = 0;

  beforeAll(async () => {
    cluster = await PostgresCluster.start({ replicas: 1 });
    server = await startOnCluster(cluster, ENDLESS);
    await new DropInConditions(server.dropIn).payloadType('Beam');
  });
  afterAll(async () => {
    await server.stop();
    await cluster.stop();
  });

  /** Clients that write into a list of their own. */
  async function startWriters(): Promise<SteadyWriters> {
    await allUp(server);
    const conditions = new DropInConditions(server.dropIn);
    const tag = `T${++tags}`;
    await conditions.globalTag(tag);
    return new SteadyWriters(server.dropIn, await conditions.payloadList('Beam', tag));
  }

  const question = (n: number): string => `payloadiovs/?gtName=T1&majorIOV=0&minorIOV=${n}`;

  it.each([
    ['killed', 'kill', 'start'],
    ['silent', 'fallSilent', 'mend'],
  ] as const)('%s, reads go on, writes are refused and then go on', async (_, lose, mend) => {
    const { primary } = cluster;
    const readers = new SteadyReaders(server.dropIn, question);
    const writers = await startWriters();
    await Promise.all([readers.answered(20), writers.written(20)]);
    await primary[lose]();
    await writers.refusal();
    await readers.answered(50);
    await until(async () => {
      const { headers } = await server.dropIn.get(question(0));
      return headers.get('cache-status') === 'Tempora; hit';
    });
    const native = await server.native.post('payload-types', { name: 'Never' });
    expect(native).toMatchObject({ status: 503, body: { code: 'database-unavailable' } });
    expect(Number(native.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await readiness(server)).toMatchObject({
      code: 200,
      status: 'degraded',
      details: {
        database: { status: 'degraded', role: 'primary', state: 'lost' },
        changes: { status: 'degraded' },
      },
    });
    await primary[mend]();
    await writers.written(20);
    await allUp(server);
    await Promise.all([readers.stop(), writers.stop()]);
    expect([...readers.answers.keys()]).toEqual([200]);
    expect([...writers.refused.keys()]).toEqual([504]);
    await accountedFor(writers, primary);
  });

  it('by sessions that end, processes that are killed and lines that are cut, nothing is lost or half done', async () => {
    const { primary } = cluster;
    const writers = await startWriters();
    for (let round = 0; round < 3; round++) {
      await writers.written(20);
      await primary.sql(`SELECT pg_terminate_backend(pid) ${SESSIONS}`);
      await writers.written(20);
      primary.line.cut();
      primary.line.mend();
    }
    await writers.written(20);
    const [session] = await primary.sql<{ pid: number }>(`SELECT pid ${SESSIONS}`);
    process.kill(session?.pid ?? NaN, 'SIGKILL');
    await writers.written(20);
    await writers.stop();
    // Whether any was under way on a connection that broke is chance.
    expect([...writers.refused.keys()].filter((status) => status !== 504)).toEqual([]);
    await accountedFor(writers, primary);
  });

  it('not by a slow way: it takes three answers to open a connection, and writes go on', async () => {
    const { primary } = cluster;
    await allUp(server);
    primary.line.slowDown(600);
    primary.line.cut();
    primary.line.mend();
    let n = 0;
    await until(async () => {
      const { status } = await server.native.post('payload-types', { name: `Slow${n++}` });
      return status === 201;
    });
    const last = await server.native.post('payload-types', { name: 'SlowAgain' });
    expect(last.status).toBe(201);
    primary.line.slowDown(0);
    primary.line.cut();
    primary.line.mend();
    await allUp(server);
  });

  it('not by one connection on which nothing passes any more', async () => {
    const { primary } = cluster;
    const writers = await startWriters();
    const watching = async (): Promise<number> =>
      (await primary.sql(`SELECT FROM pg_stat_activity WHERE application_name = 'Tempora watch'`))
        .length;
    await until(async () => (await watching()) === 1);
    primary.line.stall('Tempora watch');
    await until(async () => (await watching()) === 2);
    await writers.written(20);
    await writers.stop();
    expect([...writers.refused.keys()]).toEqual([]);
    primary.line.mend();
    await allUp(server);
  });

  it('its name leading to a replica for a while, writes are refused until it leads to it again', async () => {
    const { primary } = cluster;
    const [replica] = cluster.replicas as [ClusterServer];
    const writers = await startWriters();
    await writers.written(20);
    primary.line.leadTo(replica.direct);
    await writers.refusal();
    // Who has reached the replica is not disconnected.
    primary.line.turnTo(primary.direct);
    await writers.written(20);
    await writers.stop();
    expect([...writers.refused.keys()]).toEqual([504]);
    await accountedFor(writers, primary);
  });

  describe('with synchronous replication', () => {
    beforeAll(async () => {
      await cluster.primary.sql(`ALTER SYSTEM SET synchronous_standby_names = 'replica1'`);
      await cluster.primary.sql('SELECT pg_reload_conf()');
      await untilSynchronous();
    });

    async function untilSynchronous(): Promise<void> {
      await until(async () => {
        const [row] = await cluster.primary.sql<{ sync_state: string }>(
          'SELECT sync_state FROM pg_stat_replication',
        );
        return row?.sync_state === 'sync';
      });
    }

    it('what no replica has confirmed is not acknowledged', async () => {
      const [replica] = cluster.replicas as [ClusterServer];
      const { primary } = cluster;
      await allUp(server);
      await replica.kill();
      const waiting = `FROM pg_stat_activity WHERE wait_event = 'SyncRep'`;
      for (const [path, body] of [
        ['pt', { name: 'Unconfirmed' }],
        ['piov', { payload_url: 'u.root', checksum: '1', major_iov: 0, minor_iov: 1 }],
      ] as const) {
        const answer = server.dropIn.post(path, body);
        await until(async () => (await primary.sql(`SELECT 1 ${waiting}`)).length === 1);
        await primary.sql(`SELECT pg_cancel_backend(pid) ${waiting}`);
        expect(await answer).toMatchObject({ status: 504 });
      }
      await replica.start();
      await untilSynchronous();
    });

    it('and a replica promoted in its place, writes go on there, and none is lost', async () => {
      const [replica] = cluster.replicas as [ClusterServer];
      const writers = await startWriters();
      await writers.written(50);
      await cluster.primary.kill();
      await writers.refusal();
      await cluster.promote(replica);
      await writers.written(50);
      await writers.stop();
      expect([...writers.refused.keys()]).toEqual([504]);
      await accountedFor(writers, replica);
      await until(async () => {
        const { database, changes } = (await readiness(server)).details;
        return database?.['status'] === 'up' && changes?.['status'] === 'up';
      });
    });
  });
});

/** Those of the service that write. */
const SESSIONS = `FROM pg_stat_activity WHERE application_name = 'Tempora'`;

/** Every acknowledged insertion is there, of no insertion only a part, and who was refused was told soon. */
async function accountedFor(writers: SteadyWriters, server: ClusterServer): Promise<void> {
  expect(writers.slowestRefusal).toBeLessThan(TOLD_WITHIN_MS);
  const rows = await server.sql<{ major_iov: string; count: string }>(
    `SELECT major_iov, count(*) FROM "PayloadIOV" p JOIN "PayloadList" l ON l.id = p.payload_list_id
      WHERE l.name = $1 GROUP BY 1`,
    [writers.list],
  );
  expect(rows.filter(({ count }) => count !== '2')).toEqual([]);
  const there = new Set(rows.map(({ major_iov }) => Number(major_iov)));
  expect(writers.acknowledged.filter((n) => !there.has(n))).toEqual([]);
}
