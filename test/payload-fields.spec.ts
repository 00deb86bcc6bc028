/** What is told about a payload when it is stored is what every view shows of it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DropInConditions } from './drop-in-conditions.js';
import { startServer, type TestServer } from './server.js';

let server: TestServer;
let make: DropInConditions;

beforeAll(async () => {
  server = await startServer();
  make = new DropInConditions(server.dropIn);
});
afterAll(() => server.stop());

const FILE = {
  payload_url: 'a "quoted" \\ file, é 漢 \u{1f600}.root',
  checksum: 'sha:0a',
  size: 1234,
};
const INTERVAL = { major_iov: 1, minor_iov: 2, major_iov_end: 3, minor_iov_end: 4 };

/** The ways to insert one payload of `type` into `tag`, whose list is `list`. */
const insertions: [string, (tag: string, type: string, list: string) => Promise<void>][] = [
  [
    'piov, then piov_attach',
    async (_, __, list) => {
      const { body } = await server.dropIn.post('piov', { ...FILE, ...INTERVAL, revision: '7' });
      const { id } = body as { id: number };
      await server.dropIn.put('piov_attach', { payload_list: list, piov_id: id });
    },
  ],
  [
    'piov with `extra`, then piov_attach',
    async (_, __, list) => {
      const { body } = await server.dropIn.post('piov', { ...FILE, ...INTERVAL, extra: '7' });
      const { id } = body as { id: number };
      await server.dropIn.put('piov_attach', { payload_list: list, piov_id: id });
    },
  ],
  [
    'bulk_piov',
    async (_, __, list) => {
      const row = { ...FILE, ...INTERVAL, payload_list: list, revision: '7' };
      await server.dropIn.post('bulk_piov', [row]);
    },
  ],
  [
    'bulk_piov with `extra`',
    async (_, __, list) => {
      const row = { ...FILE, ...INTERVAL, payload_list: list, extra: '7' };
      await server.dropIn.post('bulk_piov', [row]);
    },
  ],
  [
    'the native API',
    async (tag, type) => {
      const from = { major: 1, minor: 2 };
      const until = { major: 3, minor: 4 };
      const payload = { payload_type: type, ...FILE, revision: '7', from, until };
      await server.native.post(`global-tags/${tag}/payloads`, { payloads: [payload] });
    },
  ],
];

describe.each(insertions)('inserted by %s', (way, insert) => {
  const tag = `Tag ${way}`.replaceAll('`', '');
  const type = `Type ${way}`.replaceAll('`', '');
  const path = encodeURIComponent(tag);
  let list: string;

  beforeAll(async () => {
    [list = ''] = await make.tagWithLists(tag, type);
    await insert(tag, type, list);
  });

  const row = [type, FILE.payload_url, FILE.checksum, FILE.size, 1, 2, 3, 4, '7'];
  const dropInView = { ...FILE, ...INTERVAL, revision: '7', comb_iov: '1.0000000000000000002' };
  const nativeView = {
    ...FILE,
    revision: '7',
    from: { major: 1, minor: 2 },
    until: { major: 3, minor: 4 },
  };

  it('payloadiovs shows it, in both shapes', async () => {
    const question = `payloadiovs/?gtName=${path}&majorIOV=2&minorIOV=0`;

    expect((await server.dropIn.get(question)).body).toEqual([row]);
    expect((await server.dropIn.get(`${question}&shape=dict`)).body).toEqual([
      { payload_type_name: type, ...FILE, ...INTERVAL, revision: '7' },
    ]);
  });

  it('globalTag, pl and piov show it', async () => {
    const { body } = await server.dropIn.get(`globalTag/${path}`);
    const lists = (body as { payload_lists: { payload_iov: { id: number }[] }[] }).payload_lists;

    expect(lists).toEqual([
      expect.objectContaining({ payload_iov: [expect.objectContaining(dropInView)] }),
    ]);
    const [payload] = lists[0]?.payload_iov ?? [];
    expect(payload).toMatchObject({
      payload_list: list,
      inserted: expect.stringMatching(/^\d{4}-/),
    });
    expect((await server.dropIn.get(`piov/${String(payload?.id)}`)).body).toEqual(payload);
    expect((await server.dropIn.get('piov')).body).toContainEqual(payload);
    expect((await server.dropIn.get('pl')).body).toContainEqual(lists[0]);
  });

  it('the native API shows it', async () => {
    const { body } = await server.native.get(`global-tags/${path}/payloads/at?major=1&minor=2`);

    expect(body).toMatchObject({ payloads: { [type]: nativeView } });
    expect((await server.native.get(`global-tags/${path}/payloads`)).body).toMatchObject({
      items: [{ ...nativeView, payload_type: type, payload_list: list, global_tag: tag }],
    });
  });

  it('a clone has it', async () => {
    await server.dropIn.post(`cloneGlobalTag/${path}/${encodeURIComponent(`Clone of ${way}`)}`);
    const clone = encodeURIComponent(`Clone of ${way}`);
    const { body } = await server.dropIn.get(`payloadiovs/?gtName=${clone}&majorIOV=1&minorIOV=2`);

    expect(body).toEqual([row]);
    expect((await server.dropIn.get(`globalTag/${clone}`)).body).toMatchObject({
      payload_lists: [{ payload_iov: [dropInView] }],
    });
  });

  it('both pieces have it when another payload splits it', async () => {
    await make.inserted(list, 'between', [2, 0], [2, 1]);
    const pieces = await Promise.all(
      [1, 3].map((major) =>
        server.dropIn.get(`payloadiovs/?gtName=${path}&majorIOV=${major}&minorIOV=2`),
      ),
    );

    expect(pieces.map(({ body }) => body)).toEqual([
      [[type, FILE.payload_url, FILE.checksum, FILE.size, 1, 2, 2, 0, '7']],
      [[type, FILE.payload_url, FILE.checksum, FILE.size, 2, 1, 3, 4, '7']],
    ]);
  });
});

describe('what is not told is null', () => {
  it('size and revision', async () => {
    const [list = ''] = await make.tagWithLists('Plain', 'PlainType');
    await make.inserted(list, 'u', [1, 0]);

    expect(
      (await server.dropIn.get('payloadiovs/?gtName=Plain&majorIOV=1&minorIOV=0')).body,
    ).toEqual([
      ['PlainType', 'u', 'checksum of u', null, 1, 0, 2n ** 63n - 1n, 2n ** 63n - 1n, null],
    ]);
  });

  it('the checksum of a bulk row is empty, as with the reference', async () => {
    const [list] = await make.tagWithLists('Bulk', 'BulkType');
    const row = { payload_list: list, payload_url: 'u', major_iov: 1, minor_iov: 0 };
    await server.dropIn.post('bulk_piov', [row]);
    const { body } = await server.dropIn.get(
      'payloadiovs/?gtName=Bulk&majorIOV=1&minorIOV=0&shape=dict',
    );

    expect(body).toMatchObject([{ checksum: '', size: null, revision: null }]);
  });
});

it('a field that is not known does nothing in the drop-in protocol', async () => {
  const { status, body } = await server.dropIn.post('piov', {
    ...FILE,
    ...INTERVAL,
    id: 999,
    comb_iov: '5.0',
    payload_list: 'Nope',
    anything: [],
  });

  expect(status).toBe(200);
  expect(body).toMatchObject({ comb_iov: '1.0000000000000000002', payload_list: null });
  expect(body).not.toMatchObject({ id: 999 });
});

it.each([
  [{}, { major_iov_end: 2n ** 63n - 1n, minor_iov_end: 2n ** 63n - 1n }],
  [{ major_iov_end: 20 }, { major_iov_end: 20, minor_iov_end: 2n ** 63n - 1n }],
  [
    { minor_iov_end: 4, major_iov_end: null },
    { major_iov_end: 2n ** 63n - 1n, minor_iov_end: 4 },
  ],
])('an end %j is completed part by part, as in the reference', async (end, stored) => {
  const { body } = await server.dropIn.post('piov', {
    ...FILE,
    major_iov: 1,
    minor_iov: 2,
    ...end,
  });
  expect(body).toMatchObject(stored);
});
