/** A replica is promoted that had not received all that another has. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ClusterServer } from './cluster-server.js';
import { PostgresCluster } from './cluster.js';
import { DropInConditions } from './drop-in-conditions.js';
import { type HttpClient } from './http-client.js';
import {
  allUp,
  readiness,
  replicaReport,
  startOnCluster,
  untilReplica,
} from './replicated-service.js';
import { type TestServer } from './server.js';
import { until } from './until.js';

/** More of the log than the promoted server will have written for long. */
const MUCH = `SELECT pg_logical_emit_message(true, 'x', repeat('x', 400000))`;

describe('Where a replica has received less than another', () => {
  let cluster: PostgresCluster;
  /** With memory, and without. */
  let servers: readonly TestServer[];
  let list: string;

  beforeEach(async () => {
    cluster = await PostgresCluster.start({ replicas: 2 });
    servers = await Promise.all([
      startOnCluster(cluster),
      startOnCluster(cluster, { CDB_TIMELINE_MEMORY_MB: '0' }),
    ]);
    await each(allUp);
    const conditions = new DropInConditions(servers[0]?.dropIn as HttpClient);
    [list = ''] = await conditions.tagWithLists('T', 'Beam');
    await conditions.inserted(list, 'both.root', [0, 1]);
    const { primary } = cluster;
    const [less, more] = cluster.replicas as [ClusterServer, ClusterServer];
    await untilReplayed(less, primary);
    await less.sql(`ALTER SYSTEM SET primary_conninfo = ''`);
    await less.sql('SELECT pg_reload_conf()');
    await until(async () => (await cluster.streaming()) === 1);
    await conditions.inserted(list, 'lost.root', [0, 2]);
    await primary.sql(MUCH);
    await untilReplayed(more, primary);
  });
  afterEach(async () => {
    await each((server) => server.stop());
    await cluster.stop();
  });

  async function each(work: (server: TestServer) => Promise<unknown>): Promise<void> {
    await Promise.all(servers.map(work));
  }

  it('and is promoted, every answer is what it knows, and the other is called diverged', async () => {
    const [less, more] = cluster.replicas as [ClusterServer, ClusterServer];
    // In memory, where there is any, and on connections to both.
    for (let n = 0; n < 10; n++) await each(asked);
    await cluster.primary.kill();
    await each(untilLost);
    await cluster.promote(less);
    await each(async (server) => {
      await until(async () => {
        const { database, changes } = (await readiness(server)).details;
        return database?.['status'] === 'up' && changes?.['status'] === 'up';
      });
      await showsAlways(server, 'both.root');
    });
    // The same revision as what was lost, and those after.
    let start = 2;
    const inserted = async (): Promise<void> => {
      for (const server of servers) {
        const url = `${start}.root`;
        await new DropInConditions(server.dropIn).inserted(list, url, [0, start++]);
        await showsAlways(server, url);
      }
    };
    await inserted();
    await inserted();
    await each((server) => untilReplica(server, more, 'diverged'));
    await less.sql(MUCH);
    await less.sql(MUCH);
    await inserted();
    await each(async (server) => {
      expect((await replicaReport(server, more)).state).toBe('diverged');
    });
  });

  it('and the primary is lost, who has seen the newest goes on to see it', async () => {
    const [, more] = cluster.replicas as [ClusterServer, ClusterServer];
    const { primary } = cluster;
    await primary.fallSilent();
    await each(untilLost);
    await primary.sql(`UPDATE "PayloadIOV" SET payload_url = 'unheard.root'`);
    await untilReplayed(more, primary);
    await primary.kill();
    await each(async (server) => {
      await until(async () => (await asked(server)) === 'unheard.root');
      await showsAlways(server, 'unheard.root');
    });
  });
});

async function asked({ dropIn }: TestServer): Promise<string | undefined> {
  return (await new DropInConditions(dropIn).valid('T', [0, 9]))['Beam'];
}

/** Asked so often that each server of the cluster that may be asked is. */
async function showsAlways(server: TestServer, url: string): Promise<void> {
  for (let n = 0; n < 10; n++) expect(await asked(server)).toBe(url);
}

async function untilLost(server: TestServer): Promise<void> {
  await until(async () => (await readiness(server)).details['database']?.['state'] === 'lost');
}

async function untilReplayed(replica: ClusterServer, primary: ClusterServer): Promise<void> {
  const [written] = await primary.sql<{ position: string }>(
    'SELECT pg_current_wal_flush_lsn() AS position',
  );
  await until(async () => {
    const [row] = await replica.sql<{ there: boolean }>(
      'SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS there',
      [written?.position],
    );
    return row?.there === true;
  });
}
