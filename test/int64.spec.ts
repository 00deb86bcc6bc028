/** Integers up to 2^63-1 are JSON numbers, exact both ways, on every path that carries one. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DropInConditions } from './drop-in-conditions.js';
import { sql } from './postgres.js';
import { startServer, type TestServer } from './server.js';

const MAX = 2n ** 63n - 1n;
/** The first integer that a JavaScript number cannot hold. */
const INEXACT = 2n ** 53n + 1n;

let server: TestServer;
let make: DropInConditions;

beforeAll(async () => {
  server = await startServer();
  make = new DropInConditions(server.dropIn);
});
afterAll(() => server.stop());

describe.each([
  ['the largest', MAX, MAX - 1n, MAX],
  ['just beyond a double', INEXACT, INEXACT + 2n, INEXACT + 4n],
  ['timestamps in nanoseconds', 1_800_000_000_123_456_789n, INEXACT + 6n, INEXACT],
])('%s: (%i, %i), %i bytes', (_, major, minor, size) => {
  const tag = `Tag_${major}`;
  const type = `Type_${major}`;
  const start = { major_iov: major, minor_iov: minor };
  const end = { major_iov_end: MAX, minor_iov_end: MAX };
  const row = [type, 'u', 'c', size, major, minor, MAX, MAX, null];
  let list: string;
  let id: unknown;

  beforeAll(async () => {
    [list = ''] = await make.tagWithLists(tag, type);
  });

  it('drop-in: create, attach, show', async () => {
    const body = { payload_url: 'u', checksum: 'c', ...start, size };
    const comb_iov = `${major}.${String(minor).padStart(19, '0')}`;
    const created = await server.dropIn.post('piov', body);
    id = (created.body as { id: unknown }).id;
    expect(created.body).toMatchObject({ ...start, ...end, size, comb_iov, payload_list: null });
    expect(created.text).toContain(`"major_iov":${major},"minor_iov":${minor},`);

    const attached = await server.dropIn.put('piov_attach', { payload_list: list, piov_id: id });
    expect(attached.body).toEqual({ ...(created.body as object), payload_list: list });
    expect((await server.dropIn.get(`piov/${String(id)}`)).body).toEqual(attached.body);

    const stored = await sql(
      server.connection,
      `SELECT comb_iov::text, major_iov::text, size::text FROM "PayloadIOV" WHERE id = $1`,
      [id],
    );
    expect(stored).toEqual([{ comb_iov, major_iov: String(major), size: String(size) }]);
  });

  it('drop-in: resolve, as rows and as objects', async () => {
    const question = `payloadiovs/?gtName=${tag}&majorIOV=${major}&minorIOV=${minor}`;
    const before = `payloadiovs/?gtName=${tag}&majorIOV=${major}&minorIOV=${minor - 1n}`;

    expect((await server.dropIn.get(question)).body).toEqual([row]);
    expect((await server.dropIn.get(before)).body).toEqual([]);
    expect((await server.dropIn.get(`${question}&shape=dict`)).body).toEqual([
      expect.objectContaining({ ...start, ...end, size }),
    ]);
  });

  it('drop-in: lists, pages and nested views', async () => {
    const payload = expect.objectContaining({ ...start, ...end, size, payload_list: list });

    expect((await server.dropIn.get('piov')).body).toContainEqual(payload);
    expect((await server.dropIn.get(`piov?page=1&payload_list=${list}`)).body).toMatchObject({
      results: [payload],
    });
    expect((await server.dropIn.get(`globalTag/${tag}`)).body).toMatchObject({
      payload_lists: [{ payload_iov: [payload] }],
    });
  });

  it('native: show, resolve, page', async () => {
    const payload = { id, size, from: { major, minor }, until: null };
    const payloads = `global-tags/${tag}/payloads`;

    expect((await server.native.get(`payloads/${String(id)}`)).body).toMatchObject(payload);
    expect((await server.native.get(`${payloads}/at?major=${major}&minor=${minor}`)).body).toEqual({
      global_tag: tag,
      at: { major, minor },
      payloads: { [type]: expect.objectContaining(payload) },
      missing: [],
      window: { from: { major, minor }, until: null },
    });
    expect(
      (await server.native.get(`${payloads}?from_major=${major}&from_minor=${minor}`)).body,
    ).toMatchObject({ items: [payload], total: 1 });
    expect(
      (await server.native.get(`${payloads}?to_major=${major}&to_minor=${minor - 1n}`)).body,
    ).toMatchObject({ items: [], total: 0 });
  });

  it('drop-in: delete by the exact interval', async () => {
    const path = `deletePayloadIOV/${tag}/${type}/${major}/${minor}`;

    expect(await server.dropIn.delete(`${path}/${MAX}/${MAX - 1n}`)).toMatchObject({ status: 404 });
    expect(await server.dropIn.delete(`${path}/${MAX}/${MAX}`)).toMatchObject({ status: 200 });
  });

  it('drop-in: bulk', async () => {
    const bulk = { payload_list: list, payload_url: 'u', checksum: 'c', ...start, size };

    expect(await server.dropIn.post('bulk_piov', [bulk])).toMatchObject({ status: 200 });
    const question = `payloadiovs/?gtName=${tag}&majorIOV=${MAX}&minorIOV=${MAX}`;
    expect((await server.dropIn.get(question)).body).toEqual([row]);
  });

  it('native: insert', async () => {
    const until = minor + 1n < MAX ? { major, minor: minor + 1n } : null;
    const { status, body } = await server.native.post(`global-tags/${tag}/payloads`, {
      payloads: [
        {
          payload_type: type,
          payload_url: 'new',
          checksum: 'c',
          size,
          from: { major, minor },
          until,
        },
      ],
    });

    expect(status).toBe(201);
    expect(body).toMatchObject({
      added: [{ from: { major, minor }, until }],
    });
  });
});

it('numbers of payloads and lists are exact as well', async () => {
  const sequences = ['PayloadIOV', 'PayloadListIdSequence', 'GlobalTag', 'PayloadType'];
  for (const table of sequences) {
    const sequence = `pg_get_serial_sequence('"${table}"', 'id')`;
    await sql(server.connection, `SELECT setval(${sequence}, ${INEXACT - 1n})`);
  }
  const [list = ''] = await make.tagWithLists('Numbered', 'NumberedType');
  const payload = await make.inserted(list, 'u', [1, 0]);

  expect(list).toBe(`NumberedType_${INEXACT}`);
  expect(payload).toBe(INEXACT);
  expect((await server.dropIn.get(`pl/${INEXACT}`)).body).toMatchObject({
    id: INEXACT,
    global_tag: INEXACT,
    payload_type: INEXACT,
  });
  expect((await server.dropIn.get(`gt/${INEXACT}`)).body).toMatchObject({ id: INEXACT });
  expect((await server.native.get(`payloads/${INEXACT}`)).body).toMatchObject({ id: INEXACT });
  expect(await server.native.delete(`payloads/${INEXACT}`)).toMatchObject({ status: 204 });
});

describe('other ways to write an integer', () => {
  it.each([
    [`"${MAX - 1n}"`, MAX - 1n],
    ['"007"', 7],
    ['1e3', 1000],
    ['12.0', 12],
    ['-0', 0],
  ])('%s is %i', async (written, value) => {
    const text = `{"payload_url": "u", "checksum": "c", "major_iov": 0, "minor_iov": ${written}}`;
    const { status, body } = await server.dropIn.send('POST', 'piov', { text });

    expect({ status, body }).toEqual({
      status: 200,
      body: expect.objectContaining({ minor_iov: value }),
    });
  });
});

it.each([
  [1_000_000_000n, 999_999_999_999_999_999n],
  [10_000_000_000n, 1n],
  [MAX, 0n],
  [0n, 0n],
  [0n, MAX],
])('comb_iov of (%i, %i) has 19 exact decimals', async (major, minor) => {
  const payload = { payload_url: 'u', checksum: 'c', major_iov: major, minor_iov: minor };
  const comb_iov = `${major}.${String(minor).padStart(19, '0')}`;
  const { body } = await server.dropIn.post('piov', payload);
  const [stored] = await sql(
    server.connection,
    'SELECT comb_iov::text FROM "PayloadIOV" ORDER BY id DESC LIMIT 1',
  );

  expect(body).toMatchObject({ comb_iov });
  expect(stored).toEqual({ comb_iov });
});
