import { readFileSync } from 'node:fs';

import { once } from 'node:events';
import { join } from 'node:path';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DropInConditions } from './drop-in-conditions.js';
import { MetricsText } from './metrics-text.js';
import { createDatabase } from './postgres.js';
import { exchange } from './raw-socket.js';
import { startServer, type TestServer } from './server.js';
import {
  databaseEnvironment,
  endServices,
  runService,
  type ServiceProcess,
  startService,
} from './service-process.js';
import { until } from './until.js';

const ROOT = join(import.meta.dirname, '..');
const ROW = /^\| `([a-z_0-9]+)` \| (counter|gauge|histogram) \| (.*?) ?\| (.*) \|$/gm;
const REQUESTS = 'tempora_http_requests_total';
const RESOLVE = '/api/cdb_rest/payloadiovs';

let server: TestServer;
let list: string;

const look = (): Promise<MetricsText> => MetricsText.of(`${server.url}/metrics`);
const requests = (method: string, route: string, status: number): string =>
  `${REQUESTS}{method="${method}",route="${route}",status="${status}"}`;

/** How much each series has grown, once the first has by what is expected. */
async function growth(
  series: readonly string[],
  expected: readonly number[],
  work: () => Promise<void>,
): Promise<number[]> {
  const before = await look();
  await work();
  let after = before;
  // A request is counted when its answer has left, which its client may notice first.
  await until(async () => {
    after = await look();
    return series.every(
      (each, at) => after.value(each) - before.value(each) >= (expected[at] ?? 0),
    );
  });
  return series.map((each) => after.value(each) - before.value(each));
}

beforeAll(async () => {
  server = await startServer();
  const conditions = new DropInConditions(server.dropIn);
  [list = ''] = await conditions.tagWithLists('T', 'Beam');
  await conditions.inserted(list, 'beam.root', [0, 5]);
});
afterAll(async () => {
  await server.stop();
  await endServices();
});

describe('docs/metrics.md', () => {
  it('has a row for each metric, with its type, its labels and its meaning, and no other', async () => {
    const rows = [...readFileSync(join(ROOT, 'docs/metrics.md'), 'utf8').matchAll(ROW)];
    const told = await look();
    expect(rows.map(([, name, type, , help]) => `${name} ${type}: ${help}`)).toEqual(
      [...told.families].map(([name, { type, help }]) => `${name} ${type}: ${help}`),
    );
    for (const [, name = '', type, labels = ''] of rows) {
      const documented = [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label).sort();
      const found = told.labelsOf(type === 'histogram' ? `${name}_count` : name);
      if (found.length > 0) expect([name, found]).toEqual([name, documented]);
    }
  });
});

describe('Requests', () => {
  it('are counted by route, method and status, exactly', async () => {
    const series = [
      requests('GET', RESOLVE, 200),
      requests('GET', '/api/v1/global-tags/:name', 404),
      requests('POST', '/api/cdb_rest/gt', 200),
      `tempora_http_request_duration_seconds_count{method="GET",route="${RESOLVE}"}`,
    ];
    const expected = [7, 2, 1, 7];
    const grown = await growth(series, expected, async () => {
      // Of these the first ones are read from the database, the last ones told before they are routed.
      for (let n = 0; n < 7; n++) {
        await server.dropIn.get('payloadiovs/?gtName=T&majorIOV=0&minorIOV=5');
      }
      await server.native.get('global-tags/nowhere');
      await server.native.get('global-tags/neither-here?page=1');
      await server.dropIn.post('gt', { name: 'Another', status: 'unlocked' });
    });
    expect(grown).toEqual(expected);
  });

  it('that are told before they are routed count as all others do, 304 too', async () => {
    const path = 'payloadiovs/?gtName=T&majorIOV=0&minorIOV=6';
    await until(async () => {
      const { headers } = await server.dropIn.get(path);
      return headers.get('cache-status') === 'Tempora; hit';
    });
    const etag = (await server.dropIn.get(path)).headers.get('etag') ?? '';
    const series = [
      requests('GET', RESOLVE, 200),
      requests('GET', RESOLVE, 304),
      'tempora_timeline_hits_total',
      'tempora_timeline_misses_total',
    ];
    const expected = [3, 2, 5, 0];
    const grown = await growth(series, expected, async () => {
      for (let n = 0; n < 3; n++) await server.dropIn.get(path);
      for (let n = 0; n < 2; n++) {
        await server.dropIn.get(path, { headers: { 'if-none-match': etag } });
      }
    });
    expect(grown).toEqual(expected);
  });

  it('make up no series, whatever is asked', async () => {
    const before = (await look()).labelled('route');
    const expected = [40];
    const grown = await growth([requests('GET', 'unknown', 404)], expected, async () => {
      for (let n = 0; n < 40; n++) await fetch(`${server.url}/api/never/${n}"\\}?tag=${n}`);
    });
    expect(grown).toEqual(expected);
    await exchange(server.url, 'MKCALENDAR /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n');
    const after = await look();
    expect(after.labelled('route').filter((route) => !before.includes(route))).toEqual(['unknown']);
    expect(after.labelled('method')).not.toContain('MKCALENDAR');
  });
});

describe('What is done in the database', () => {
  const payload = (from: number, until: number | null): object => ({
    payload_type: 'Beam',
    payload_url: `beam-${from}.root`,
    checksum: 'c',
    from: { major: 0, minor: from },
    until: until === null ? null : { major: 0, minor: until },
  });
  const PAYLOADS = ['inserted', 'detached', 'trimmed', 'split'].map(
    (what) => `tempora_payloads_${what}_total`,
  );

  it('is counted once it is committed: insertions and what they do to others', async () => {
    const insert = async (from: number, until: number | null, how = ''): Promise<void> => {
      const path = `global-tags/T/payloads${how}`;
      const { status, text } = await server.native.post(path, { payloads: [payload(from, until)] });
      if (status >= 300) throw new Error(text);
    };
    await insert(1_000, null);
    const expected = [3, 3, 2, 1];
    const grown = await growth(PAYLOADS, expected, async () => {
      // Splits the one from 1000 on, then takes both parts after 1010 out, then what starts at 1010.
      await insert(1_010, 1_020);
      await insert(1_010, null);
      await insert(1_005, null);
      await insert(7, 8, '?dry_run=true');
      const refused = { payloads: [payload(2, 3), payload(5, 4)] };
      expect((await server.native.post('global-tags/T/payloads', refused)).status).toBe(400);
    });
    expect(grown).toEqual(expected);
  });

  it('is timed by the name of the statement', async () => {
    const series = ['tempora_database_query_duration_seconds_count{query="payload-by-id"}'];
    const grown = await growth(series, [2], async () => {
      for (const id of [1, 2]) await server.native.get(`payloads/${id}`);
    });
    expect(grown).toEqual([2]);
  });

  it('is nobody’s business', async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    expect(text).not.toContain('beam');
    expect(text).not.toContain(server.connection.password);
    expect(text).not.toContain(server.connection.database);
  });
});

describe('A port of its own', () => {
  let service: ServiceProcess;
  let url: string;

  beforeAll(async () => {
    service = await startService({
      ...databaseEnvironment(await createDatabase()),
      CDB_METRICS_PORT: '0',
      CDB_BUILD_COMMIT: 'abc123',
    });
    await service.said(/Metrics are told on \S+"/);
    url = /Metrics are told on (\S+)"/.exec(service.output.stdout)?.[1] ?? '';
  });

  it('tells the metrics and nothing else, and nobody else tells them', async () => {
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      ...[200, 'text/plain; version=0.0.4; charset=utf-8'],
    ]);
    expect(await answer.text()).toMatch(/^tempora_build_info\{.*commit="abc123".*\} 1$/m);
    const statuses = await Promise.all([
      fetch(`${service.url}/metrics`),
      fetch(new URL('/health/live', url)),
      fetch(url, { method: 'POST', body: 'x' }),
      fetch(url, { method: 'HEAD' }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([404, 404, 405, 200]);
  });

  it('that is taken is told in a sentence', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { code, stderr } = await runService({
      ...databaseEnvironment(await createDatabase()),
      CDB_METRICS_PORT: String(port),
    });
    taken.close();
    expect(code).toBe(1);
    expect(stderr).toBe(
      `Something else listens on 127.0.0.1:${port} already: stop it, or set CDB_METRICS_PORT to another number.\n`,
    );
  });

  it('is closed when the service stops', async () => {
    expect(await service.stop()).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });
});
