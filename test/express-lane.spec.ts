/** What memory answers before Fastify sees it is what the route answers. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DropInConditions } from './drop-in-conditions.js';
import { createDatabase } from './postgres.js';
import {
  databaseEnvironment,
  endServices,
  type ServiceProcess,
  startService,
} from './service-process.js';
import { until } from './until.js';

let service: ServiceProcess;

beforeAll(async () => {
  service = await startService({ ...databaseEnvironment(await createDatabase()) });
  const conditions = new DropInConditions(service.dropIn);
  for (const tag of ['Open-1.0~a', 'Frozen']) {
    const [list = ''] = await conditions.tagWithLists(tag, `Beam of ${tag}`);
    await conditions.inserted(list, 'beam.root', [0, 5]);
  }
  await conditions.changeStatus('Frozen', 'frozen');
  for (const tag of ['Open-1.0~a', 'Frozen']) {
    await until(async () => {
      const { headers } = await service.dropIn.get(plain(tag, 7));
      return headers.get('cache-status') === 'Tempora; hit';
    });
  }
});

afterAll(endServices);

/** As clients write it. */
function plain(tag: string, minor: number, more = ''): string {
  return `payloadiovs/?gtName=${tag}&majorIOV=0&minorIOV=${minor}${more}`;
}

/** The same question in words that only the route reads. */
function unusual(tag: string, minor: number, more = ''): string {
  return `payload-iovs/query?minorIOV=%3${minor}&majorIOV=0&gtName=${tag}${more}`;
}

interface Shown {
  status: number;
  headers: [string, string][];
  text: string;
}

/** Asked again where a busy machine has made the service doubt what it holds. */
async function shown(method: string, path: string, headers = {}): Promise<Shown> {
  let answer = await service.dropIn.send(method, path, { headers });
  while (answer.headers.get('cache-status') === 'Tempora; fwd=miss') {
    answer = await service.dropIn.send(method, path, { headers });
  }
  const varying = ['date', 'x-request-id', 'connection', 'keep-alive'];
  return {
    status: answer.status,
    headers: [...answer.headers].filter(([name]) => !varying.includes(name)),
    text: answer.text,
  };
}

it.each([
  ['rows', 'Open-1.0~a', 7, ''],
  ['objects', 'Open-1.0~a', 7, '&shape=dict'],
  ['nothing yet', 'Open-1.0~a', 4, ''],
  ['what is frozen', 'Frozen', 7, ''],
])('%s: status, headers and body', async (_, tag, minor, more) => {
  const answer = await shown('GET', plain(tag, minor, more));
  expect(answer.status).toBe(200);
  expect(answer).toEqual(await shown('GET', unusual(tag, minor, more)));
  const etag = answer.headers.find(([name]) => name === 'etag')?.[1] ?? '';
  const held = { 'if-none-match': `"x", ${etag}` };
  const again = await shown('GET', plain(tag, minor, more), held);
  expect(again.status).toBe(304);
  expect(again).toEqual(await shown('GET', unusual(tag, minor, more), held));
  const head = await shown('HEAD', plain(tag, minor, more));
  expect([head.status, head.headers, head.text]).toEqual([200, answer.headers, '']);
});

it.each([
  ['a part above 2^63-1', 'payloadiovs/?gtName=Frozen&majorIOV=0&minorIOV=9223372036854775808'],
  ['a part that is no number', 'payloadiovs/?gtName=Frozen&majorIOV=0&minorIOV=abc'],
  ['no tag', 'payloadiovs/?gtName=&majorIOV=0&minorIOV=1'],
])('%s is told by the route', async (_, path) => {
  const { status, text: body } = await shown('GET', path);
  expect(status).toBe(400);
  expect(JSON.parse(body)).toHaveProperty('detail');
});

it('requests that are sent ahead are answered in turn, a body that came along is left aside', async () => {
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const request = (minor: number, end: string): string =>
    `GET /api/cdb_rest/${plain('Frozen', minor)} HTTP/1.1\r\nHost: x\r\n${end}`;
  socket.write(
    request(4, '\r\n') +
      request(7, 'Content-Length: 2\r\n\r\n{}') +
      request(4, 'Connection: close\r\n\r\n'),
  );
  const answers = await text(socket);
  const bodies = answers.split(/HTTP\/1\.1 200 OK[^]*?\r\n\r\n/).slice(1);
  expect(bodies.map((body) => (JSON.parse(body) as unknown[]).length)).toEqual([0, 1, 0]);
});

it('each is logged once, as any other request', async () => {
  const ids = ['lane-1', 'lane-2'];
  for (const [i, path] of [plain('Frozen', 7), unusual('Frozen', 7)].entries()) {
    const { headers } = await service.dropIn.get(path, {
      headers: { 'x-request-id': ids[i] ?? '' },
    });
    expect(headers.get('x-request-id')).toBe(ids[i]);
  }
  await until(() => ids.every((id) => service.output.stdout.includes(`"${id}"`)));
  const lines = service.output.stdout.split('\n').filter((line) => line.includes('"lane-'));
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
    ['/api/cdb_rest/payloadiovs', '/api/cdb_rest/payload-iovs/query'].map((route, i) => ({
      level: 30,
      time: expect.any(Number),
      pid: service.pid,
      hostname: expect.any(String),
      reqId: ids[i],
      method: 'GET',
      route,
      status: 200,
      duration_ms: expect.any(Number),
      address: '127.0.0.1',
      agent: 'node',
      msg: 'request',
    })),
  );
});
