/** Bodies as bytes: what is no JSON, too much of it, or JSON with traps. Both protocols read them alike. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databaseContent } from './database-content.js';
import { startServer, type TestServer } from './server.js';

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
    body: string | ReadableStream,
    contentType = 'application/json',
  ): Promise<Response> {
    return fetch(`${server.url}/${path}`, {
      method: 'POST',
      body,
      ...(typeof body === 'string' ? {} : { duplex: 'half' }),
      headers: { 'content-type': contentType },
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

  it.each(['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'nonsense'])(
    '415 for %s',
    async (contentType) => {
      await refused(415, '{"name": "Beam"}', contentType);
    },
  );

  it.each(['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON'])(
    '%s is JSON',
    async (contentType) => {
      const name = `${protocol}-${++count}`;
      expect((await post(JSON.stringify({ name }), contentType)).ok).toBe(true);
    },
  );

  it('413 for a body above CDB_MAX_BODY_MB, announced or not', async () => {
    const large = JSON.stringify({ name: 'Beam', description: 'x'.repeat(1024 * 1024) });

    await refused(413, large);
    await refused(413, new Blob([large]).stream());
  });

  it('a body just below the limit is read', async () => {
    const large = JSON.stringify({ name: 'Beam', description: 'x'.repeat(1024 * 1000) });

    expect(await refused(400, large)).toMatch(/255 characters/);
  });
});
