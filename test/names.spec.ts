/** Which names new things may have, and that old ones may have any. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databaseContent } from './database-content.js';
import { DropInConditions } from './drop-in-conditions.js';
import { expectInvalid } from './native-problem.js';
import { sql } from './postgres.js';
import { startServer, type TestServer } from './server.js';

let server: TestServer;
let conditions: DropInConditions;

beforeAll(async () => {
  server = await startServer();
  conditions = new DropInConditions(server.dropIn);
  await conditions.tagWithLists('Tag', 'Beam');
});
afterAll(() => server.stop());

/** Names that nothing new may have, and what is said of each. */
const REFUSED: [string, string][] = [
  ['a/b', 'A name may not contain "/" (U+002F): it separates the parts of paths.'],
  ['..\\b', 'A name may not contain "\\" (U+005C): it separates the parts of paths.'],
  ['.', 'A name may not be ".": paths have another meaning for it.'],
  ['..', 'A name may not be "..": paths have another meaning for it.'],
  ['a\tb', 'A name may not contain U+0009: it is a control character.'],
  ['a\nb', 'A name may not contain U+000A: it is a control character.'],
  ['a\x7fb', 'A name may not contain U+007F: it is a control character.'],
  ['a\u0085b', 'A name may not contain U+0085: it is a control character.'],
  ['a\u2028b', 'A name may not contain U+2028: it is a control character.'],
  ...['\u202e', '\u2066', '\u200b', '\u00ad', '\u2060'].map((character): [string, string] => [
    `a${character}b`,
    `A name may not contain U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}: ` +
      'it is invisible, or turns the direction of what is around it.',
  ]),
  ['a\u00a0b', 'A name may not contain U+00A0: it looks like a space, but is another character.'],
  ['a\ufffeb', 'A name may not contain U+FFFE: it is no character.'],
  ['caf\u0065\u0301', 'A name must be in the composed form of Unicode (NFC): write "é" (U+00E9).'],
  ['a\0b', 'Null characters are not allowed.'],
  ['a\ud800b', 'Surrogate characters are not allowed: U+D800.'],
];

const CREATIONS: [string, 'native' | 'dropIn', string, object][] = [
  ['a tag', 'native', 'global-tags', {}],
  ['a clone', 'native', 'global-tags/Tag/clone', {}],
  ['a type', 'native', 'payload-types', {}],
  ['a tag', 'dropIn', 'gt', { status: 'unlocked' }],
  ['a type', 'dropIn', 'pt', {}],
  ['a status', 'dropIn', 'gtstatus', {}],
];

describe.each(CREATIONS)('%s made by %s %s', (_, client, path, more) => {
  it.each(REFUSED.map(([name, message]) => [JSON.stringify(name), message]))(
    'may not be called %s',
    async (json, message) => {
      const before = await databaseContent(server.connection);
      const text = `{"name":${json},${JSON.stringify(more).slice(1)}`.replace(',}', '}');
      const answer = await server[client].send('POST', path, { text });
      if (client === 'native') expectInvalid(answer, 'name');
      expect(answer).toMatchObject({ status: 400, body: { detail: `name: ${message}` } });
      expect(await databaseContent(server.connection)).toEqual(before);
    },
  );
});

it('a clone made by a path has the same rules', async () => {
  for (const [name, message] of [
    ['a%2Fb', '"/" (U+002F)'],
    ['a%E2%80%AEb', 'U+202E'],
  ]) {
    const answer = await server.dropIn.post(`cloneGlobalTag/Tag/${name ?? ''}`);
    expect(answer).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining(message ?? '') },
    });
  }
});

describe.each([
  'Run 3 – µm, "ü"',
  'Robert\'); DROP TABLE "GlobalTag";--',
  '漢字_v1.0-rc+1~a@b:c',
  '100% #1 ?a=b&c=d;e',
  '%2e%2e%2F',
  '😀'.repeat(80),
  '<script>alert(1)</script>'.replaceAll('/', '|'),
])('what is called %s', (name) => {
  it('is made, found, used and deleted', async () => {
    const path = encodeURIComponent(name);
    expect(await server.native.post('global-tags', { name })).toMatchObject({ status: 201 });
    expect(await server.native.post('payload-types', { name })).toMatchObject({ status: 201 });
    const insertion = await server.native.post(`global-tags/${path}/payloads`, {
      payloads: [payload(name)],
    });
    expect(insertion).toMatchObject({ status: 201, body: { added: [{ attached: true }] } });
    expect(
      await server.native.get(`global-tags/${path}/payloads/at?major=0&minor=7`),
    ).toMatchObject({ status: 200, body: { payloads: { [name]: { payload_url: 'u' } } } });
    expect(await server.dropIn.get(`globalTag/${path}`)).toMatchObject({ body: { name } });
    expect(await server.dropIn.get(`gtPayloadLists/${path}`)).toMatchObject({
      body: { [name]: expect.stringContaining(name) },
    });
    expect(await server.native.delete(`global-tags/${path}`)).toMatchObject({ status: 204 });
  });
});

/** What other programs have put into a database; each would be refused as a new name. */
describe.each([' Old\u202e/name ', '../etc', 'a\\b', 'caf\u0065\u0301', 'two\nlines\t', '\u00a0'])(
  'old things called %j',
  (name) => {
    const path = encodeURIComponent(name);
    const renamed = 'a new name';

    beforeAll(async () => {
      await sql(
        server.connection,
        `INSERT INTO "GlobalTag" (name, status_id, created, updated)
           SELECT $1, id, now(), now() FROM "GlobalTagStatus" WHERE name = 'unlocked'`,
        [name],
      );
      await sql(server.connection, `INSERT INTO "PayloadType" (name, created) VALUES ($1, now())`, [
        name,
      ]);
    });

    it('are read, changed and deleted: native', async () => {
      const { native } = server;
      expect(await native.get(`global-tags/${path}`)).toMatchObject({ body: { name } });
      expect(await native.get(`payload-types/${path}`)).toMatchObject({ body: { name } });
      expect(await native.patch(`global-tags/${path}`, { description: 'changed' })).toMatchObject({
        status: 200,
        body: { name, description: 'changed' },
      });
      expect(
        await native.post(`global-tags/${path}/payloads`, { payloads: [payload(name)] }),
      ).toMatchObject({ status: 201 });
      const asked = `payloads/at?major=0&minor=7&payload_type=${path}`;
      expect(await native.get(`global-tags/${path}/${asked}`)).toMatchObject({
        body: { payloads: { [name]: { payload_url: 'u' } } },
      });
      const lists = await native.get(`payload-lists?global_tag=${path}&payload_type=${path}`);
      expect(lists).toMatchObject({ body: { total: 1 } });
      expect(await native.post(`global-tags/${path}/clone`, { name: renamed })).toMatchObject({
        status: 201,
      });
      expect(await native.post('payload-lists', { payload_type: name })).toMatchObject({
        status: 201,
      });
      expect(await native.delete(`global-tags/${encodeURIComponent(renamed)}`)).toMatchObject({
        status: 204,
      });
    });

    it('are read, changed and deleted: drop-in', async () => {
      const { dropIn } = server;
      const made = await dropIn.post('pl', { payload_type: name });
      const list = (made.body as { name: string }).name;
      expect(list).toContain(name);
      expect(await dropIn.put('pl_attach', { global_tag: name, payload_list: list })).toMatchObject(
        { status: 200, body: { global_tag: name } },
      );
      const row = { payload_url: 'v', major_iov: 0, minor_iov: 3 };
      expect(await dropIn.post('bulk_piov', [{ ...row, payload_list: list }])).toMatchObject({
        status: 200,
      });
      const id = await conditions.payload('w.root', [0, 5]);
      expect(await dropIn.put('piov_attach', { payload_list: list, piov_id: id })).toMatchObject({
        status: 200,
      });
      const rows = await dropIn.get(`payloadiovs/?gtName=${path}&majorIOV=0&minorIOV=9`);
      expect(rows.body).toEqual([expect.arrayContaining([name, 'w.root'])]);
      expect(await dropIn.delete(`deletePayloadIOV/${path}/${path}/0/5`)).toMatchObject({
        status: 200,
      });
      expect(await dropIn.get(`payload-lists/by-name/${encodeURIComponent(list)}`)).toMatchObject({
        body: { name: list },
      });
      expect(await dropIn.delete(`deleteGlobalTag/${path}`)).toMatchObject({ status: 200 });
      await sql(server.connection, 'DELETE FROM "PayloadIOV"');
      await sql(server.connection, 'DELETE FROM "PayloadList"');
      expect(await dropIn.delete(`deletePayloadType/${path}`)).toMatchObject({ status: 200 });
    });
  },
);

it('a list whose name is as long as can be is reached', async () => {
  const name = '\u{1f600}'.repeat(255);
  await sql(
    server.connection,
    `INSERT INTO "PayloadList" (id, name, payload_type_id, created, updated)
       SELECT 900000, $1, max(id), now(), now() FROM "PayloadType"`,
    [name],
  );
  const path = encodeURIComponent(name);
  expect(await server.native.get(`payload-lists/${path}`)).toMatchObject({ body: { name } });
});

function payload(type: string): object {
  return {
    payload_type: type,
    payload_url: 'u',
    checksum: 'c',
    from: { major: 0, minor: 0 },
  };
}
