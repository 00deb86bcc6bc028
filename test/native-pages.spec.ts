/** The payloads of a tag or a list, page by page in the order of their starts. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DropInConditions } from './drop-in-conditions.js';
import { expectInvalid, expectProblem } from './native-problem.js';
import { sql } from './postgres.js';
import { startServer, type TestServer } from './server.js';

interface Payload {
  id: number;
  payload_type: string;
  payload_list: string;
  payload_url: string;
  from: { major: number; minor: number };
}

interface Page {
  items: Payload[];
  total: number;
  page_size: number;
  next: string | null;
}

const TYPES = ['Beam', 'Field', 'Gain', 'Empty'];
const TAG = 'Tag & co';
const PATH = `global-tags/${encodeURIComponent(TAG)}/payloads`;

let server: TestServer;
let lists: string[];

/** Three lists of 100 payloads each; starts repeat among them, and in a list as damage does it. */
const CONTENT = `
INSERT INTO "PayloadIOV" (payload_url, checksum, major_iov, minor_iov, major_iov_end, minor_iov_end,
                          payload_list_id)
SELECT t.name || n, '', n / 30, (n % 30) / 2 * 10, ${2n ** 63n - 1n}, ${2n ** 63n - 1n}, l.id
  FROM "PayloadList" l JOIN "PayloadType" t ON t.id = l.payload_type_id, generate_series(0, 99) AS n
 WHERE t.name <> 'Empty'
 ORDER BY md5(t.name || n)`;

beforeAll(async () => {
  server = await startServer();
  lists = await new DropInConditions(server.dropIn).tagWithLists(TAG, ...TYPES);
  await sql(server.connection, CONTENT);
});
afterAll(() => server.stop());

/** All pages from this path on, following `next`. */
async function pages(path: string): Promise<Page[]> {
  const { status, body } = await server.native.get(path);
  expect(status).toBe(200);
  const page = body as Page;
  if (page.next === null) return [page];
  return [page, ...(await pages(page.next.replace('/api/v1/', '')))];
}

const order = ({ from, id }: Payload): number => from.major * 1e9 + from.minor * 1e4 + id;

describe.each([1, 7, 100, 150, 299, 300, 1000])('in pages of %i', (size) => {
  it('a tag shows each payload once, in the order of the starts', async () => {
    // One page after another of one row is many requests: some of them will do.
    const query = size === 1 ? '&to_major=0&to_minor=40' : '';
    const found = await pages(`${PATH}?page_size=${size}${query}`);
    const items = found.flatMap(({ items }) => items);
    const total = size === 1 ? 30 : 300;

    expect(new Set(items.map(({ payload_url }) => payload_url)).size).toBe(total);
    expect(items.map(order)).toEqual(items.map(order).toSorted((a, b) => a - b));
    expect(found.every((page) => page.total === total && page.page_size === size)).toBe(true);
    expect(found).toHaveLength(Math.ceil(total / size));
  });
});

describe('filters', () => {
  const urls = async (path: string): Promise<string[]> =>
    (await pages(path)).flatMap(({ items }) => items.map(({ payload_url }) => payload_url));

  it('by payload type, on every page', async () => {
    const beams = await urls(`${PATH}?page_size=30&payload_type=Beam`);

    expect(beams).toHaveLength(100);
    expect(beams.every((url) => url.startsWith('Beam'))).toBe(true);
    expect(await urls(`${PATH}?payload_type=Empty`)).toEqual([]);
    expect(await urls(`${PATH}?payload_type=Nope`)).toEqual([]);
  });

  it('from a moment, up to a moment, both included', async () => {
    const from = await pages(`${PATH}?page_size=50&from_major=2&from_minor=130`);
    const starts = (found: Page[]): Set<string> =>
      new Set(found.flatMap(({ items }) => items.map(({ from }) => `${from.major},${from.minor}`)));

    expect(starts(from)).toEqual(
      new Set(['2,130', '2,140', '3,0', '3,10', '3,20', '3,30', '3,40']),
    );
    expect(from[0]?.total).toBe(42);
    const only = await pages(
      `${PATH}?page_size=4&from_major=1&from_minor=10&to_major=1&to_minor=20`,
    );
    expect(starts(only)).toEqual(new Set(['1,10', '1,20']));
    expect(only.map(({ total }) => total)).toEqual([12, 12, 12]);
  });

  it('half a moment: the minor part is the first or the last there is', async () => {
    expect((await pages(`${PATH}?from_major=3`))[0]?.total).toBe(30);
    expect((await pages(`${PATH}?to_major=0`))[0]?.total).toBe(90);
  });

  it('that leave nothing: an empty page', async () => {
    expect(await pages(`${PATH}?from_major=9`)).toEqual([
      { items: [], total: 0, page_size: 25, next: null },
    ]);
  });
});

it('a list shows its own payloads', async () => {
  const found = await pages(`payload-lists/${String(lists[1])}/payloads?page_size=40`);
  const items = found.flatMap(({ items }) => items);

  expect(items.map(({ payload_url }) => payload_url).toSorted()).toEqual(
    Array.from({ length: 100 }, (_, n) => `Field${n}`).toSorted(),
  );
  expect(items[0]).toMatchObject({
    payload_type: 'Field',
    payload_list: lists[1],
    global_tag: TAG,
    from: { major: 0, minor: 0 },
    until: null,
  });
  expect(items.map(order)).toEqual(items.map(order).toSorted((a, b) => a - b));
});

it('a detached list does so as well', async () => {
  const conditions = new DropInConditions(server.dropIn);
  const list = await conditions.payloadList('Beam');
  await conditions.inserted(list, 'loose', [1, 2]);

  expect(await pages(`payload-lists/${list}/payloads`)).toMatchObject([
    { items: [{ payload_url: 'loose', global_tag: null }], total: 1 },
  ]);
});

it('payloads inserted meanwhile do not make others appear twice, or not at all', async () => {
  const conditions = new DropInConditions(server.dropIn);
  const [list = ''] = await conditions.tagWithLists('Moving', 'Moves');
  for (const minor of [10, 20, 30, 40]) {
    await conditions.inserted(list, `at${minor}`, [0, minor], [0, minor + 10]);
  }
  const { body } = await server.native.get('global-tags/Moving/payloads?page_size=2');
  const first = body as Page;
  await conditions.inserted(list, 'before', [0, 5], [0, 10]);
  await conditions.inserted(list, 'after', [0, 50], [0, 60]);
  const rest = await pages(String(first.next).replace('/api/v1/', ''));
  const seen = [first, ...rest].flatMap(({ items }) => items.map(({ payload_url }) => payload_url));

  expect(seen).toEqual(['at10', 'at20', 'at30', 'at40', 'after']);
});

it('odd parameters are refused', async () => {
  const get = (query: string) => server.native.get(`${PATH}?${query}`);

  expectInvalid(await get('page_size=0'), 'page_size');
  expectInvalid(await get('page_size=1001'), 'page_size');
  expectInvalid(await get('from_major=-1&to_minor=x'), 'from_major', 'to_minor');
  expectInvalid(await get('after=1.2'), 'after');
  expectInvalid(await get('after=a.b.c'), 'after');
  expectInvalid(await get('page=2'), 'page');
  expectProblem(await server.native.get('global-tags/Nope/payloads'), 'global-tag-not-found');
  const noList = await server.native.get('payload-lists/Nope/payloads');
  expectProblem(noList, 'payload-list-not-found');
});

it('a single payload is shown and deleted by its number', async () => {
  const conditions = new DropInConditions(server.dropIn);
  const id = await conditions.payload('single', [4, 2], [4, 3], { size: 7, revision: 'r' });

  expect((await server.native.get(`payloads/${id}`)).body).toEqual({
    ...{ id, payload_type: null, payload_list: null, global_tag: null },
    ...{ payload_url: 'single', checksum: 'checksum of single', size: 7, revision: 'r' },
    ...{ from: { major: 4, minor: 2 }, until: { major: 4, minor: 3 } },
    inserted: expect.stringMatching(/Z$/),
  });
  expect(await server.native.delete(`payloads/${id}`)).toMatchObject({ status: 204, text: '' });
  expectProblem(await server.native.get(`payloads/${id}`), 'payload-not-found');
  expectProblem(await server.native.delete(`payloads/${id}`), 'payload-not-found');
  expect(await server.native.get('payloads/one')).toMatchObject({ status: 400 });
});
