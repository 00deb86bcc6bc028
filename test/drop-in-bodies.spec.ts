/** Bodies as bytes: what is no JSON, too much of it, or JSON with traps. Both protocols read them alike. */
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databaseContent } from './database-content.js';
import { startServer, type TestServer } from './server.js';

const MEGABYTE = 1024 * 1024;

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ env: { CDB_MAX_BODY_MB: '1' } });
});
afterAll(() => server.stop());

describe.each([
  ['drop-in', 'api/cdb_rest/pt', 'application/json'],
  ['native', 'api/v1/payload-types', 'application/problem+json'],
])('%s', (protocol, path, errorType) => {
  let count = 0;

  async function post(
    body: string | Uint8Array<ArrayBuffer> | ReadableStream,
    contentType: string | null = 'application/json',
  ): Promise<Response> {
    return fetch(`${server.url}/${path}`, {
      method: 'POST',
      body,
      ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
      headers: contentType === null ? {} : { 'content-type': contentType },
    });
  }

  async function refused(status: number, ...request: Parameters<typeof post>): Promise<string> {
    const before = await databaseContent(server.connection);
    const response = await post(...request);
    const { detail } = (await response.json()) as { detail: string };
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe(errorType);
    expect(await databaseContent(server.connection)).toEqual(before);
    expect(detail).toMatch(/^\S.*\S$/);
    return detail;
  }

  it.each([
    ['cut off', '{"name": "Beam"'],
    ['with a comma too many', '{"name": "Beam",}'],
    ['in single quotes', "{'name': 'Beam'}"],
    ['XML', '<name>Beam</name>'],
    ['two of them', '{"name": "a"}{"name": "b"}'],
    ['a number PostgreSQL knows and JSON does not', '{"name": NaN}'],
  ])('400 for JSON that is none: %s', async (_, text) => {
    expect(await refused(400, text)).toMatch(/JSON/);
  });

  it.each(['[]', '[{"name": "Beam"}]', 'null', '7', '"Beam"', 'true', '', '  ', '{}'])(
    '400 for a body that is no payload type: %s',
    async (text) => {
      await refused(400, text);
    },
  );

  it.each([
    '{"__proto__": {"name": "Beam"}}',
    '{"name": "Beam", "__proto__": {"admin": true}}',
    '{"name": "Beam", "\\u005f_proto__": {}}',
    '{"name": "Beam", "constructor": {"prototype": {"admin": true}}}',
  ])('400 for a key that would set a prototype: %s', async (text) => {
    await refused(400, text);
  });

  it('the last of two equal keys counts, as everywhere', async () => {
    const name = `${protocol}-twice`;
    const response = await post(`{"name": "first", "name": "${name}"}`);

    expect(response.ok).toBe(true);
    expect(await response.json()).toMatchObject({ name });
  });

  it('400 for an object with more fields than any request has', async () => {
    const fields = Array.from({ length: 101 }, (_, i) => `"k${i}":1`).join();
    for (const text of [`{${fields}}`, `{"name":"Beam","more":[{${fields}}]}`]) {
      expect(await refused(400, text)).toBe('An object in the body has more than 100 fields.');
    }
  });

  it('413 for more values than any request has', async () => {
    expect(await refused(413, `[${','.repeat(1_000_000)}]`)).toMatch(
      / values: send it in smaller pieces\.$/,
    );
  });

  it('a fraction is no integer, be it ever so near', async () => {
    expect(await refused(400, '{"name":"Beam","size":0.99999999999999999999}')).toMatch(
      /is no integer/,
    );
  });

  it.each([
    ['a lone byte', [0xff]],
    ['Latin-1', [0xe9]],
    ['cut off', [0xe6, 0xbc]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['longer than need be', [0xc0, 0x80]],
  ])('400 for text that is not UTF-8: %s', async (_, bytes) => {
    const body = Buffer.concat([
      Buffer.from('{"name": "Beam"'),
      Buffer.from(', "description": "'),
      Buffer.from(bytes),
      Buffer.from('"}'),
    ]);
    expect(await refused(400, body)).toMatch(/UTF-8/);
  });

  it.each([
    ...['text/plain', 'text/json', 'application/xml', 'application/jsonp', 'nonsense', ''],
    ...['multipart/form-data; boundary=x', 'application/octet-stream', 'text/json+plain'],
    ...['application/x-www-form-urlencoded', 'Application/X-WWW-Form-Urlencoded; charset=utf-8'],
  ])('415 for %s, with what to add', async (contentType) => {
    for (const body of ['{"name": "Beam"}', 'name=Beam']) {
      expect(await refused(415, body, contentType)).toContain(
        "-H 'Content-Type: application/json'",
      );
    }
  });

  it('415 for a body that does not say what it is', async () => {
    const body = Buffer.from('{"name": "Beam"}');
    expect(await refused(415, body, null)).toContain("-H 'Content-Type: application/json'");
    expect(await refused(415, new Blob([body]).stream(), null)).toMatch(/JSON/);
  });

  it.each([
    ...['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON'],
    ...['application/json;charset=UTF-8', 'application/vnd.api+json', 'application/ld+json; a=b'],
  ])('%s is JSON', async (contentType) => {
    const name = `${protocol}-${++count}`;
    expect((await post(JSON.stringify({ name }), contentType)).ok).toBe(true);
  });

  it('an empty body is none, whatever it is called: `curl -d ""`', async () => {
    expect(await refused(400, '', 'application/x-www-form-urlencoded')).toMatch(
      /^name: .*required/,
    );
  });

  it('413 for a body above CDB_MAX_BODY_MB, announced or not', async () => {
    const large = JSON.stringify({ name: 'Beam', description: 'x'.repeat(1024 * 1024) });

    await refused(413, large);
    await refused(413, new Blob([large]).stream());
  });

  it.each([
    ['announced', { 'content-length': String(3 * MEGABYTE) }, 0],
    ['not announced', { 'transfer-encoding': 'chunked' }, 2],
  ])('413 cuts off nobody who is still sending: %s', async (_, length, sentBefore) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const headers = { 'content-type': 'application/json', ...length };
    const sending = request(`${server.url}/${path}`, { method: 'POST', agent, headers });
    const answer = once(sending, 'response') as Promise<[IncomingMessage]>;
    const body = Buffer.alloc(MEGABYTE, ' ');
    sending.flushHeaders();
    for (let sent = 0; sent < sentBefore; sent++) sending.write(body);
    const [refusal] = await answer;
    expect(refusal.statusCode).toBe(413);
    for (let sent = sentBefore; sent < 3; sent++) sending.write(body);
    sending.end();
    await refusal.toArray();
    const next = request(`${server.url}/${path}`, { agent });
    const [response] = (await once(next.end(), 'response')) as [IncomingMessage];
    expect([response.statusCode, next.reusedSocket]).toEqual([200, true]);
    agent.destroy();
  });

  it('a body just below the limit is read', async () => {
    const large = JSON.stringify({ name: 'Beam', description: 'x'.repeat(1024 * 1000) });

    expect(await refused(400, large)).toMatch(/255 characters/);
  });
});

it('nothing is missing where no body is needed: `curl -X POST -d ""`', async () => {
  await server.dropIn.post('gt', { name: 'Tag', status: 'unlocked' });
  const response = await fetch(`${server.url}/api/cdb_rest/cloneGlobalTag/Tag/Clone`, {
    method: 'POST',
    body: '',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(response.status).toBe(200);
});
