/** Clients read what was written, though every replica shows it two seconds later. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PostgresCluster } from './cluster.js';
import { itKeepsTheContract } from './contract/recorded-contract.js';
import { DropInConditions, type Moment } from './drop-in-conditions.js';
import { MetricsText } from './metrics-text.js';
import { allUp, startOnCluster } from './replicated-service.js';
import { type TestServer } from './server.js';
import { until } from './until.js';

let cluster: PostgresCluster;
let one: TestServer;
let other: TestServer;

beforeAll(async () => {
  cluster = await PostgresCluster.start({ replicas: 2 });
  await Promise.all(cluster.replicas.map((replica) => replica.lag(2_000)));
  [one, other] = await Promise.all([startOnCluster(cluster), startOnCluster(cluster)]);
  await Promise.all([one, other].map(allUp));
});
afterAll(async () => {
  await Promise.all([one.stop(), other.stop()]);
  await cluster.stop();
});

describe('Where replicas lag', () => {
  itKeepsTheContract(() => one.dropIn);

  it('metrics tell how each replica is', async () => {
    const servers = cluster.replicas.map(({ connection: { host, port } }) => `${host}:${port}`);
    const isUp = (server: string): string => `tempora_replica_state{server="${server}",state="up"}`;
    let told = await MetricsText.of(`${one.url}/metrics`);
    await until(async () => {
      told = await MetricsText.of(`${one.url}/metrics`);
      return servers.every((server) => told.value(isUp(server)) === 1);
    });
    for (const server of servers) {
      expect(told.value(`tempora_replica_state{server="${server}",state="down"}`)).toBe(0);
      const pool = `{server="${server}",pool="requests"}`;
      expect(told.value(`tempora_database_pool_max_connections${pool}`)).toBe(10);
    }
    expect(told.labelled('server')).toEqual([...servers, 'primary'].sort());
  });

  it('a writer sees what it wrote, and who has seen it once sees it from then on', async () => {
    const [writer, reader] = [one, other].map(({ dropIn }) => new DropInConditions(dropIn)) as [
      DropInConditions,
      DropInConditions,
    ];
    const [list = ''] = await writer.tagWithLists('Seen', 'SeenType');
    for (let n = 0; n < 8; n++) {
      const at: Moment = [0, n];
      const id = await writer.inserted(list, `${n}.root`, at);
      expect(await writer.valid('Seen', at)).toEqual({ SeenType: `${n}.root` });
      expect(await one.dropIn.get(`piov/${id}`)).toMatchObject({ status: 200 });
      await until(async () => (await reader.valid('Seen', at))['SeenType'] === `${n}.root`);
      for (let again = 0; again < 5; again++) {
        expect(await reader.valid('Seen', at)).toEqual({ SeenType: `${n}.root` });
        expect(await other.dropIn.get(`piov/${id}`)).toMatchObject({ status: 200 });
      }
    }
  });
});
