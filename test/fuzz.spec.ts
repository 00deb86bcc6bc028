/**
 * Odd requests of every operation of both protocols, and bytes that are none: nothing of it may be a
 * 5xx or go unanswered, fill the memory, or leave something half-written. `npm run fuzz` sends more.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { asCurl, type FuzzRequest, fuzzRequests } from './fuzz-arbitraries.js';
import { committedDocument } from './openapi-document.js';
import { createDatabase, sql } from './postgres.js';
import { exchange, RawSocket } from './raw-socket.js';
import {
  databaseEnvironment,
  endServices,
  type ServiceProcess,
  startService,
} from './service-process.js';
import { type DatabaseConnection } from '#database';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? '300');
const SEED = Number(process.env['FUZZ_SEED'] ?? '20261122');
/** No answer takes so long, milliseconds, whatever else the machine does. */
const HANG_MS = 60_000;
const MEGABYTE = 2 ** 20;

let connection: DatabaseConnection;
let service: ServiceProcess;

beforeAll(async () => {
  connection = await createDatabase();
  service = await startService({
    ...databaseEnvironment(connection),
    CDB_DEMO: 'true',
    CDB_LOG_LEVEL: 'error',
  });
});
afterAll(endServices);

async function send({ method, path, body, contentType }: FuzzRequest): Promise<number> {
  const response = await fetch(service.url + path, {
    method,
    signal: AbortSignal.timeout(HANG_MS),
    ...(body === undefined ? {} : { body, headers: { 'content-type': contentType ?? '' } }),
  });
  const text = await response.text();
  if (response.status >= 400) expect(JSON.parse(text)).toHaveProperty('detail');
  return response.status;
}

/** What no sequence of requests may bring about; each row is a breach. */
const BREACHES = `
  SELECT 'comb_iov' AS breach, id FROM "PayloadIOV"
   WHERE comb_iov IS DISTINCT FROM major_iov + minor_iov / 10::numeric ^ 19
  UNION ALL
  SELECT 'interval', id FROM "PayloadIOV"
   WHERE (major_iov_end, minor_iov_end) <= (major_iov, minor_iov) OR least(major_iov, minor_iov) < 0
  UNION ALL
  SELECT 'overlap', id FROM (
    SELECT id, major_iov_end, minor_iov_end,
           lead(major_iov) OVER list AS next_major, lead(minor_iov) OVER list AS next_minor
      FROM "PayloadIOV" WHERE payload_list_id IS NOT NULL
    WINDOW list AS (PARTITION BY payload_list_id ORDER BY major_iov, minor_iov)) row
   WHERE (major_iov_end, minor_iov_end) > (next_major, next_minor)
     AND (major_iov_end, minor_iov_end) <> (9223372036854775807, 9223372036854775807)
  UNION ALL
  SELECT 'two lists of a type', min(id) FROM "PayloadList" WHERE global_tag_id IS NOT NULL
   GROUP BY global_tag_id, payload_type_id HAVING count(*) > 1`;

/** What the service counts, against what is there. */
async function expectCounted(): Promise<void> {
  const { body } = await service.dropIn.get('globalTags');
  const told = (
    body as { name: string; payload_lists_count: number; payload_iov_count: number }[]
  ).map(({ name, payload_lists_count, payload_iov_count }) => ({
    name,
    payload_lists_count,
    payload_iov_count,
  }));
  const there = await sql(
    connection,
    `SELECT t.name, count(DISTINCT l.id)::int AS payload_lists_count, count(p.id)::int AS payload_iov_count
       FROM "GlobalTag" t LEFT JOIN "PayloadList" l ON l.global_tag_id = t.id
       LEFT JOIN "PayloadIOV" p ON p.payload_list_id = l.id GROUP BY t.name`,
  );
  const byName = (a: { name?: unknown }, b: { name?: unknown }): number =>
    String(a.name) < String(b.name) ? -1 : 1;
  expect(told.sort(byName)).toEqual(there.sort(byName));
}

/** What the service holds in memory, bytes (Linux tells it). */
function residentBytes(): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(
    readFileSync(`/proc/${service.pid}/status`, 'utf8'),
  )?.[1];
  return Number(kilobytes) * 1024;
}

describe('Odd requests', () => {
  it('are answered, none with a 5xx', async () => {
    await fc.assert(
      fc.asyncProperty(fuzzRequests(committedDocument()), async (request) => {
        const failure = await send(request).then(
          (status) => (status < 500 ? undefined : String(status)),
          (error: unknown) => String(error),
        );
        if (failure !== undefined) throw new Error(`${failure}: ${asCurl(service.url, request)}`);
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: true },
    );
  });

  it('leave nothing half-written', async () => {
    expect(await sql(connection, BREACHES)).toEqual([]);
    await expectCounted();
  });
});

describe('Hostile bytes', () => {
  const head = 'POST /api/cdb_rest/pt HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n';
  const withBody = (body: string): string =>
    `${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  const ten = 10 * MEGABYTE;

  const hostile: [string, string][] = [
    ['a string of 10 MB', withBody(`{"name":"${'x'.repeat(ten)}"}`)],
    ['a number of a million digits', withBody(`{"name":${'9'.repeat(1_000_000)}}`)],
    ['depth', withBody('['.repeat(1_000_000))],
    ['a prototype', withBody('{"name":"n","__proto__":{"polluted":true}}')],
    ['a key twice', withBody('{"name":7,"name":7}')],
    ['a million escapes', withBody(`{"name":"${'\\u0000'.repeat(1_000_000)}"}`)],
  ];

  it.each(hostile)('%s: a 4xx', async (_, text) => {
    const { status } = await exchange(service.url, text);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  (process.platform === 'linux' ? it : it.skip)(
    'fill no memory, however often they come',
    async () => {
      const round = async (): Promise<void> => {
        for (const [, text] of hostile) await exchange(service.url, text);
      };
      for (let i = 0; i < 3; i++) await round();
      const before = residentBytes();
      for (let i = 0; i < 6; i++) await round();
      // Each round brings some 20 MB: were they kept, it would be 120 MB and more.
      expect(residentBytes() - before).toBeLessThan(100 * MEGABYTE);
    },
  );

  it('half-sent requests hold up nobody, and write nothing', async () => {
    const before = await sql(connection, 'SELECT count(*)::int FROM "PayloadType"');
    const sockets = Array.from({ length: 50 }, () => new RawSocket(service.url));
    const body = '{"name":"half"}';
    for (const socket of sockets) await socket.send(withBody(body).slice(0, -3));
    expect((await service.native.get('statuses')).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    await Promise.all(sockets.map((socket) => socket.end()));
    expect(await sql(connection, 'SELECT count(*)::int FROM "PayloadType"')).toEqual(before);
  });

  it('a body that comes byte by byte is read', async () => {
    const socket = new RawSocket(service.url);
    for (const byte of withBody('{"name":"byte by byte"}')) await socket.send(byte);
    expect((await socket.answer()).status).toBe(200);
    socket.destroy();
  });

  it('pipelined requests are answered in their order', async () => {
    const socket = new RawSocket(service.url);
    const names = Array.from({ length: 20 }, (_, i) => `pipelined ${i}`);
    const requests = names.map((name) => withBody(JSON.stringify({ name })));
    const last = 'GET /api/v1/nope HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n';
    await socket.send(requests.join('') + last);
    const answers = await socket.end();
    expect([...answers.matchAll(/"name":"(pipelined \d+)"/g)].map(([, name]) => name)).toEqual(
      names,
    );
    expect(answers).toMatch(/HTTP\/1\.1 404[^]*\}$/);
  });

  it('leave a service that is well', async () => {
    expect(await sql(connection, BREACHES)).toEqual([]);
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
    expect(service.output.stdout).not.toContain('a defect of the service');
  });
});
