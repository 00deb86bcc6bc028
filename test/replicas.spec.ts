/** Reads on servers that really stream the WAL of a primary. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ClusterServer } from './cluster-server.js';
import { PostgresCluster } from './cluster.js';
import { DropInConditions } from './drop-in-conditions.js';
import {
  allUp,
  readiness,
  replicaReport,
  startOnCluster,
  untilReplica,
} from './replicated-service.js';
import { type TestServer } from './server.js';
import { SteadyReaders } from './steady-readers.js';
import { until } from './until.js';

let cluster: PostgresCluster;

beforeAll(async () => {
  cluster = await PostgresCluster.start({ replicas: 2 });
});
afterAll(() => cluster.stop());

const servers = (): ClusterServer[] => [cluster.primary, ...cluster.replicas];

/** How often tables of conditions were looked into, as each server counts it. */
async function scans(): Promise<number[]> {
  const counts = servers().map(async (server) => {
    const [row] = await server.sql<{ scans: string }>(
      `SELECT sum(seq_scan + COALESCE(idx_scan, 0)) AS scans FROM pg_stat_user_tables
        WHERE relname IN ('PayloadList', 'PayloadIOV')`,
    );
    return Number(row?.scans);
  });
  return Promise.all(counts);
}

/** Until every replica shows all that was written so far: it could not be asked before. */
async function allReplayed(): Promise<void> {
  // What is written may not be flushed, thus not sent, for long; a commit behind it is, at once.
  await cluster.primary.sql(`SELECT pg_logical_emit_message(true, 'test', 'all')`);
  const [primary] = await cluster.primary.sql<{ position: string }>(
    'SELECT pg_current_wal_flush_lsn() AS position',
  );
  for (const replica of cluster.replicas) {
    await until(async () => {
      const [row] = await replica.sql<{ there: boolean }>(
        'SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS there',
        [primary?.position],
      );
      return row?.there === true;
    });
  }
}

/** Until nobody of ours is connected any more: what a session did is counted at the latest when it ends. */
async function allEnded(): Promise<void> {
  for (const server of servers()) {
    await until(async () => {
      const sessions = `SELECT FROM pg_stat_activity WHERE application_name LIKE 'Tempora%'`;
      return (await server.sql(sessions)).length === 0;
    });
  }
}

/** How often each server was asked meanwhile. */
async function asked(work: (server: TestServer) => Promise<void>): Promise<number[]> {
  const server = await startOnCluster(cluster, { CDB_TIMELINE_MEMORY_MB: '0' });
  await allUp(server);
  await allReplayed();
  const before = await scans();
  await work(server);
  await server.stop();
  await allEnded();
  return (await scans()).map((count, i) => count - (before[i] ?? 0));
}

function question(n: number): string {
  return `payloadiovs/?gtName=T&majorIOV=0&minorIOV=${n}`;
}

const NESTED = ['gt', 'pl', 'piov', 'globalTag/T'];
const RANGE = 'from_major=0&from_minor=0&until_major=1&until_minor=0';

describe('With replicas', () => {
  beforeAll(async () => {
    const server = await startOnCluster(cluster);
    const conditions = new DropInConditions(server.dropIn);
    const [list = ''] = await conditions.tagWithLists('T', 'Beam');
    await conditions.inserted(list, 'first.root', [0, 1]);
    await server.stop();
  });

  it('they share what is only read, and the primary is asked nothing', async () => {
    const [primary, ...replicas] = await asked(async ({ dropIn, native }) => {
      const dropInPaths = ['gtPayloadLists/T', 'globalTags'];
      const nativePaths = ['payloads', 'payloads/at?major=0&minor=5', `payloads/between?${RANGE}`];
      for (let n = 0; n < 20; n++) dropInPaths.push(question(n));
      for (const path of dropInPaths) {
        expect(await dropIn.get(path)).toMatchObject({ status: 200 });
      }
      for (const path of nativePaths) {
        expect(await native.get(`global-tags/T/${path}`)).toMatchObject({ status: 200 });
      }
    });
    expect(primary).toBe(0);
    for (const count of replicas) expect(count).toBeGreaterThan(10);
  });

  it('the primary is asked what lasts as long as its client reads', async () => {
    const [primary, ...replicas] = await asked(async ({ dropIn }) => {
      for (const path of NESTED) expect(await dropIn.get(path)).toMatchObject({ status: 200 });
    });
    expect(primary).toBeGreaterThan(0);
    expect(replicas).toEqual([0, 0]);
  });

  it('replicas are asked for that, too, while the primary is lost', async () => {
    const server = await startOnCluster(cluster, { CDB_TIMELINE_MEMORY_MB: '0' });
    await allUp(server);
    await cluster.primary.fallSilent();
    await until(async () => {
      const { details } = await readiness(server);
      return details['database']?.['state'] === 'lost';
    });
    for (const path of NESTED) {
      expect(await server.dropIn.get(path)).toMatchObject({ status: 200 });
    }
    const batch = { moments: [{ major: 0, minor: 1 }] };
    expect(await server.native.post('global-tags/T/payloads/at', batch)).toMatchObject({
      status: 200,
    });
    await cluster.primary.mend();
    await server.stop();
  });

  it('the primary is asked what decides about a write', async () => {
    const [primary, ...replicas] = await asked(async ({ dropIn }) => {
      const conditions = new DropInConditions(dropIn);
      const list = await conditions.payloadList('Beam');
      await conditions.inserted(list, 'second.root', [0, 1]);
    });
    expect(primary).toBeGreaterThan(0);
    expect(replicas).toEqual([0, 0]);
  });

  describe('one that is lost', () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await startOnCluster(cluster, { CDB_TIMELINE_MEMORY_MB: '0', CDB_POOL_SIZE: '2' });
    });
    afterAll(() => server.stop());

    it.each([
      ['killed', 'kill', 'start'],
      ['silent', 'fallSilent', 'mend'],
    ] as const)(
      '%s under load, is not noticed, and comes back by itself',
      async (_, lose, mend) => {
        const [replica] = cluster.replicas as [ClusterServer];
        await allUp(server);
        // Most of them wait for a connection.
        const readers = new SteadyReaders(server.dropIn, question, 40);
        await readers.answered(50);
        await replica[lose]();
        await untilReplica(server, replica, 'down');
        expect(await readiness(server)).toMatchObject({ code: 200, status: 'degraded' });
        await readers.answered(50);
        await replica[mend]();
        await untilReplica(server, replica, 'up');
        await readers.answered(50);
        await readers.stop();
        expect([...readers.answers.keys()]).toEqual([200]);
      },
    );

    it('one of several behind a name, silent, is not noticed', async () => {
      const [replica] = cluster.replicas as [ClusterServer];
      const other = await startOnCluster(cluster, {
        CDB_TIMELINE_MEMORY_MB: '0',
        CDB_POOL_WAIT_MS: '500',
        CDB_READ_TIMEOUT_S: '3600',
      });
      await allUp(other);
      const readers = new SteadyReaders(other.dropIn, question);
      await readers.answered(50);
      replica.line.fallSilentFor('Tempora reads');
      // Each connection is asked what it has replayed.
      await new DropInConditions(other.dropIn).payloadType('Next');
      await readers.answered(20);
      replica.line.mend();
      await readers.stop();
      expect([...readers.answers.keys()]).toEqual([200]);
      await other.stop();
    });

    it('does not hinder a start, nor do all', async () => {
      await Promise.all(cluster.replicas.map((replica) => replica.kill()));
      const started = await startOnCluster(cluster);
      expect(await started.dropIn.get(question(1))).toMatchObject({ status: 200 });
      expect(await readiness(started)).toMatchObject({
        code: 200,
        status: 'degraded',
        details: { database: { status: 'up', role: 'primary' }, replicas: { status: 'degraded' } },
      });
      await Promise.all(cluster.replicas.map((replica) => replica.start()));
      await allUp(started);
      await started.stop();
    });
  });

  describe('one that does not keep up', () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await startOnCluster(cluster, { CDB_MAX_REPLICA_LAG: '300ms' });
    });
    afterAll(() => server.stop());

    it('is not asked until it has caught up', async () => {
      const [replica] = cluster.replicas as [ClusterServer];
      await allUp(server);
      await replica.lag(3_600_000);
      await new DropInConditions(server.dropIn).payloadType('Late');
      await untilReplica(server, replica, 'lagging');
      const { lag_ms: lag = 0 } = await replicaReport(server, replica);
      expect(lag).toBeGreaterThan(300);
      await replica.lag(0);
      await untilReplica(server, replica, 'up');
    });

    it('does not hide what others write, though it belongs to no tag', async () => {
      const reader = await startOnCluster(cluster, { CDB_MAX_REPLICA_LAG: '1h' });
      await allUp(reader);
      await Promise.all(cluster.replicas.map((replica) => replica.lag(3_600_000)));
      const list = await new DropInConditions(server.dropIn).payloadList('Beam');
      await until(async () => (await reader.native.get(`payload-lists/${list}`)).status === 200);
      expect((await reader.dropIn.get(`payload-lists/by-name/${list}`)).status).toBe(200);
      await Promise.all(cluster.replicas.map((replica) => replica.lag(0)));
      await reader.stop();
      await allUp(server);
    });

    it('is noticed even if nothing is written', async () => {
      const [replica] = cluster.replicas as [ClusterServer];
      await allUp(server);
      await replica.pause();
      await untilReplica(server, replica, 'paused');
      await replica.resume();
      await untilReplica(server, replica, 'up');
    });
  });
});
