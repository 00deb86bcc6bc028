/** Each limit, exceeded: a clear 4xx in the form of the protocol, also where Node itself gives up. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type ProblemCode } from '#problems';
import { databaseContent } from './database-content.js';
import { expectProblem } from './native-problem.js';
import { exchange, type RawAnswer, RawSocket } from './raw-socket.js';
import { startServer, type TestServer } from './server.js';
import { until } from './until.js';

const HOST = 'Host: tempora\r\n';
const JSON_BODY = `${HOST}Content-Type: application/json\r\n`;

/** The two protocols by a path of each that lists, and one that creates. */
const PROTOCOLS = [
  ['drop-in', '/api/cdb_rest/globalTags', '/api/cdb_rest/pt'],
  ['native', '/api/v1/global-tags', '/api/v1/payload-types'],
] as const;

/** What is told is this problem, in the form of the protocol that the path belongs to. */
function expectRefusal(answer: RawAnswer, status: number, code: ProblemCode, path: string): void {
  expect(answer).toMatchObject({
    status,
    json: { detail: expect.stringMatching(/^[A-Z].*[.…]$/) },
  });
  const native = { status, code, type: `urn:tempora:problem:${code}` };
  if (path.startsWith('/api/cdb_rest')) {
    expect(answer.head).toMatch(/^content-type: application\/json\b/im);
    expect(Object.keys(answer.json)).toEqual(['detail']);
  } else {
    expect(answer.head).toMatch(/^content-type: application\/problem\+json\b/im);
    expect(answer.json).toMatchObject(native);
  }
}

describe('What is too large, or no request', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startServer({ env: { CDB_MAX_BODY_MB: '1', CDB_MAX_HEADER_KB: '16' } });
  });
  afterAll(() => server.stop());

  const x = (count: number) => 'x'.repeat(count);

  describe.each(PROTOCOLS)('%s', (_, list, create) => {
    const post = `POST ${create} HTTP/1.1\r\n${JSON_BODY}`;

    it.each<[string, number, ProblemCode, string]>([
      ['a long URL', 414, 'url-too-long', `GET ${list}?a=${x(8_000)} HTTP/1.1\r\n${HOST}\r\n`],
      ['a longer URL', 414, 'url-too-long', `GET ${list}?a=${x(17_000)} HTTP/1.1\r\n${HOST}\r\n`],
      ['an endless URL', 414, 'url-too-long', `GET ${list}?a=${x(300_000)}`],
      ...[17_000, 300_000].map((count): [string, number, ProblemCode, string] => [
        `a header of ${count} bytes`,
        431,
        'headers-too-large',
        `GET ${list} HTTP/1.1\r\n${HOST}a: ${x(count)}\r\n\r\n`,
      ]),
      [
        'many headers',
        431,
        'headers-too-large',
        `GET ${list} HTTP/1.1\r\n${'a: b\r\n'.repeat(9_000)}`,
      ],
      ['no host', 400, 'malformed-request', `GET ${list} HTTP/1.1\r\n\r\n`],
      ['a blank in the URL', 400, 'malformed-request', `GET ${list} x HTTP/1.1\r\n${HOST}\r\n`],
      ['a null character in the URL', 400, 'malformed-request', `GET ${list}\0 HTTP/1.1\r\n\r\n`],
      ['a method that there is not', 400, 'malformed-request', `BREW ${list} HTTP/1.1\r\n\r\n`],
      ['an expectation', 417, 'expectation-failed', `${post}Expect: coffee\r\n\r\n`],
      ['a bad length', 400, 'malformed-request', `${post}Content-Length: -2\r\n\r\n{}`],
      [
        'an enormous length',
        400,
        'malformed-request',
        `${post}Content-Length: 9${'0'.repeat(20)}\r\n\r\n`,
      ],
      [
        'two lengths',
        400,
        'malformed-request',
        `${post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
      ],
      [
        'a length and chunks',
        400,
        'malformed-request',
        `${post}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
      ],
      [
        'a bad chunk',
        400,
        'malformed-request',
        `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n`,
      ],
      [
        'a chunk with a long extension',
        413,
        'body-too-large',
        `${post}Transfer-Encoding: chunked\r\n\r\n2;${x(20_000)}\r\n{}\r\n0\r\n\r\n`,
      ],
      [
        'a body that is announced to be too large',
        413,
        'body-too-large',
        `${post}Content-Length: 20000000\r\n\r\n${x(20_000_000)}`,
      ],
      [
        'a body that turns out to be too large',
        413,
        'body-too-large',
        `${post}Transfer-Encoding: chunked\r\n\r\n${(20_000_000).toString(16)}\r\n${x(20_000_000)}\r\n0\r\n\r\n`,
      ],
    ])('%s: %d %s', async (_what, status, code, text) => {
      expectRefusal(await exchange(server.url, text), status, code, list);
    });
  });

  it.each([
    ['of HTTPS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc', 'of HTTP, not of HTTPS'],
    ['of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'of HTTP/1.1, not of HTTP/2'],
    ['of a proxy', 'CONNECT a.example:80 HTTP/1.1\r\nHost: a.example\r\n\r\n', 'no proxy'],
    ['of a person', 'hello\r\n\r\n', 'not HTTP/1.1'],
  ])('the greeting %s is understood', async (_, text, detail) => {
    const answer = await exchange(server.url, text);
    expectRefusal(answer, 400, 'malformed-request', '/');
    expect(answer.json['detail']).toContain(detail);
  });

  it('after an answer that is well the next request is refused by itself', async () => {
    const socket = new RawSocket(server.url);
    await socket.send(`GET /api/v1/statuses HTTP/1.1\r\n${HOST}\r\nnonsense\r\n\r\n`);
    expect((await socket.answer()).status).toBe(200);
    expect(await socket.end()).toMatch(/HTTP\/1\.1 200 OK[^]*HTTP\/1\.1 400 Bad Request[^]*\}$/);
  });

  it('an expectation is refused after what was asked before is answered', async () => {
    const socket = new RawSocket(server.url);
    const get = `GET /api/v1/statuses HTTP/1.1\r\n${HOST}`;
    await socket.send(`${get}\r\n${get}Expect: coffee\r\n\r\n`);
    expect(await socket.end()).toMatch(/^HTTP\/1\.1 200 OK[^]*HTTP\/1\.1 417 [^]*\}$/);
    expect((await server.native.get('statuses')).status).toBe(200);
  });

  it.each([
    ['a proxy', 'CONNECT a.example:80 HTTP/1.1\r\nHost: a.example\r\n\r\n'],
    [
      'another protocol',
      `GET /api/v1/statuses HTTP/1.1\r\n${HOST}Connection: upgrade\r\nUpgrade: websocket\r\n\r\n`,
    ],
  ])('who asks for %s and resets the connection harms nobody', async (_, text) => {
    for (let i = 0; i < 5; i++) {
      const socket = new RawSocket(server.url);
      await socket.send(text);
      await socket.answer();
      await socket.reset();
    }
    expect((await server.native.get('statuses')).status).toBe(200);
  });

  it('the limits of bodies and pages are told with their numbers', async () => {
    const rows = Array.from({ length: 10_001 }, () => ({}));
    const native = await server.native.post('global-tags/T/payloads', { payloads: rows });
    expect(expectProblem(native, 'invalid-request').detail).toContain('At most 10000 payloads');
    const bulk = await server.dropIn.post(
      'bulk_piov',
      Array.from({ length: 50_001 }, () => 0),
    );
    expect(bulk).toMatchObject({ status: 400, body: { detail: expect.stringContaining('50000') } });
    const page = await server.native.get('global-tags?page_size=1001');
    expect(expectProblem(page, 'invalid-request').detail).toContain('1000');
    const browse = await server.dropIn.get('globalTags?page=1&page_size=1001');
    expect(browse).toMatchObject({ status: 200, body: { page_size: 1000 } });
  });
});

describe('What takes too long', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startServer({
      env: { CDB_REQUEST_TIMEOUT_S: '1', CDB_STATEMENT_TIMEOUT_S: '1' },
    });
  });
  afterAll(() => server.stop());

  it.each(PROTOCOLS)('408 for a body that does not come: %s', async (_, __, create) => {
    const answer = await exchange(
      server.url,
      `POST ${create} HTTP/1.1\r\n${JSON_BODY}Content-Length: 20\r\n\r\n{"name":`,
    );
    expectRefusal(answer, 408, 'request-timeout', create);
  });

  it('what comes after the refusal is not taken', async () => {
    const socket = new RawSocket(server.url);
    const post = `POST /api/v1/payload-types HTTP/1.1\r\n${JSON_BODY}Content-Length: 15\r\n\r\n{"name":`;
    await socket.send(post);
    expect((await socket.answer()).status).toBe(408);
    await socket.send('"Late"}');
    await socket.end();
    expect((await server.native.get('payload-types/Late')).status).toBe(404);
  });

  it('408 for headers that do not come', async () => {
    const answer = await exchange(server.url, 'GET /api/v1/statuses HTTP/1.1\r\nHost: tem');
    expectRefusal(answer, 408, 'request-timeout', '/');
  });

  it('422 for a statement, and nothing is changed', async () => {
    const before = await databaseContent(server.connection);
    const somebody = new pg.Client(server.connection);
    await somebody.connect();
    try {
      await somebody.query('BEGIN; LOCK TABLE "PayloadType"');
      const [native, dropIn] = await Promise.all([
        server.native.post('payload-types', { name: 'Native' }),
        server.dropIn.post('pt', { name: 'DropIn' }),
      ]);
      expectProblem(native, 'statement-too-long');
      expect(dropIn).toMatchObject({
        status: 422,
        body: { detail: expect.stringContaining('Nothing was changed') },
      });
    } finally {
      await somebody.end();
    }
    expect(await databaseContent(server.connection)).toEqual(before);
    // The limit is short: a busy database may miss it.
    await until(
      async () => (await server.native.post('payload-types', { name: 'Native' })).status === 201,
    );
  });
});

describe('One client too many', () => {
  let server: TestServer;
  const sockets: RawSocket[] = [];

  beforeAll(async () => {
    server = await startServer({ env: { CDB_MAX_CONNECTIONS: '2' } });
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await server.stop();
  });

  async function ask(path: string): Promise<{ socket: RawSocket; answer: RawAnswer }> {
    const socket = new RawSocket(server.url);
    sockets.push(socket);
    await socket.send(`GET ${path} HTTP/1.1\r\n${HOST}\r\n`);
    return { socket, answer: await socket.answer() };
  }

  it('is told so, and has its turn when another has left', async () => {
    const first = await ask('/api/v1/statuses');
    expect([first.answer.status, (await ask('/api/v1/statuses')).answer.status]).toEqual([
      200, 200,
    ]);
    for (const [, path] of PROTOCOLS) {
      const { socket, answer } = await ask(path);
      expectRefusal(answer, 429, 'too-many-connections', path);
      expect(answer.head).toMatch(/^retry-after: \d+$/im);
      // The server closes.
      await socket.end();
    }
    expect((await ask('/health/live')).answer.status).toBe(200);
    for (const socket of sockets) socket.destroy();
    await Promise.all(sockets.map((socket) => socket.end()));
    let last = await ask('/api/v1/statuses');
    while (last.answer.status === 429) last = await ask('/api/v1/statuses');
    expect(last.answer.status).toBe(200);
  });
});
