/** Browse mode: `?page=` turns the four plain lists into pages that sort, search and filter. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DropInConditions } from './drop-in-conditions.js';
import { type JsonObject } from './json.js';
import { startServer, type TestServer } from './server.js';

interface Page {
  count: number;
  page: number;
  page_size: number;
  total_pages: number;
  results: JsonObject[];
}

let server: TestServer;
let detached: string;

beforeAll(async () => {
  server = await startServer();
  const make = new DropInConditions(server.dropIn);
  for (const type of ['Beam', 'Align', 'Calib_100%', 'Calib_100x', 'a\u00e9']) {
    await make.payloadType(type);
  }
  await make.globalTag('Tag_C', { author: 'zoe' });
  await make.globalTag('Tag_A', { author: 'adam' });
  await make.globalTag('TagxB');
  await make.globalTag('tag_D', { author: 'adam' });
  const beam = await make.payloadList('Beam', 'Tag_C');
  const align = await make.payloadList('Align', 'Tag_C');
  await make.payloadList('Beam', 'Tag_A');
  detached = await make.payloadList('Calib_100%');
  await make.inserted(beam, 'b/10.root', [1, 7], [2, 0]);
  await make.inserted(align, 'a/20.root', [1, 5], [1, 6]);
  await make.inserted(beam, 'b/5_%.root', [3, 1]);
  await make.inserted(align, 'a/1\\0.root', [0, 9], [1, 0]);
  await make.payload('c/loose.root', [2, 2], [2, 3]);
  await make.changeStatus('Tag_C', 'locked');
  await make.changeStatus('tag_D', 'frozen');
});
afterAll(() => server.stop());

async function browse(path: string, query: Record<string, string> = {}): Promise<Page> {
  const parameters = new URLSearchParams({ page: '1', ...query });
  const { status, body } = await server.dropIn.get(`${path}?${parameters.toString()}`);
  expect(status).toBe(200);
  return body as Page;
}

async function found(path: string, query: Record<string, string>): Promise<unknown[]> {
  const { results, count } = await browse(path, query);
  expect(results).toHaveLength(count);
  return results.map((row) => row[path === 'piov' ? 'payload_url' : 'name']);
}

describe.each<[string, string, readonly string[]]>([
  [
    'globalTags',
    'name',
    ['id', 'author', 'status', 'payload_lists_count', 'payload_iov_count', 'created', 'updated'],
  ],
  ['pt', 'name', ['id', 'created']],
  ['pl', 'name', ['id', 'global_tag', 'payload_type', 'iov_count', 'created']],
  [
    'piov',
    'id',
    [
      ...['payload_url', 'checksum', 'major_iov', 'minor_iov', 'major_iov_end', 'minor_iov_end'],
      ...['payload_list', 'global_tag', 'payload_type', 'inserted'],
    ],
  ],
])('%s', (path, defaultSort, furtherSorts) => {
  it.each([defaultSort, ...furtherSorts])('sorts by %s, both ways', async (sort) => {
    const upwards = (await browse(path, { sort })).results;
    const downwards = (await browse(path, { sort, order: 'desc' })).results;

    expect(upwards.length).toBeGreaterThan(2);
    expect(upwards).toEqual(upwards.toSorted(by(sort, 1)));
    expect(downwards).toEqual(upwards.toSorted(by(sort, -1)));
  });

  it(`sorts by ${defaultSort} unless told otherwise, and for a word that is unknown`, async () => {
    const { results } = await browse(path, { sort: defaultSort });

    expect((await browse(path)).results).toEqual(results);
    expect((await browse(path, { sort: 'payload' })).results).toEqual(results);
    expect((await browse(path, { sort: 'constructor', order: 'up' })).results).toEqual(results);
  });

  it('shows the same rows page by page, each once', async () => {
    const { results, count } = await browse(path);
    const pages: JsonObject[][] = [];
    for (let page = 1; page <= Math.ceil(count / 2); page++) {
      const { results, ...head } = await browse(path, { page: String(page), page_size: '2' });
      expect(head).toEqual({ count, page, page_size: 2, total_pages: Math.ceil(count / 2) });
      pages.push(results);
    }

    expect(pages.flat()).toEqual(results);
    const beyond = await browse(path, { page: '99', page_size: '2' });
    expect(beyond).toMatchObject({ count, page: 99, results: [] });
  });

  it.each([
    [{ page: 'two' }, { page: 1, page_size: 25 }],
    [{ page: '' }, { page: 1, page_size: 25 }],
    [{ page: '-3' }, { page: 1, page_size: 25 }],
    [{ page: '1.5' }, { page: 1, page_size: 25 }],
    [{ page_size: 'many' }, { page: 1, page_size: 25 }],
    [{ page_size: '0' }, { page: 1, page_size: 1 }],
    [{ page_size: '1001' }, { page: 1, page_size: 1000 }],
    [{ page_size: '9223372036854775808' }, { page: 1, page_size: 25 }],
  ])('reads %j as %j', async (query, head) => {
    expect(await browse(path, query as Record<string, string>)).toMatchObject(head);
  });

  it('finds nothing with a search or filter that fits nothing: one empty page', async () => {
    const empty = { count: 0, page: 1, page_size: 25, total_pages: 1, results: [] };

    expect(await browse(path, { search: 'no such thing' })).toEqual(empty);
    expect(await browse(path, { search: "'; DROP TABLE x; --" })).toEqual(empty);
  });
});

describe('search', () => {
  it.each<[string, string, string[]]>([
    ['globalTags', 'TAG_', ['Tag_A', 'Tag_C', 'tag_D']],
    ['globalTags', 'dam', ['Tag_A', 'tag_D']],
    ['pt', '100%', ['Calib_100%']],
    ['pt', '100', ['Calib_100%', 'Calib_100x']],
    ['pt', '_100', ['Calib_100%', 'Calib_100x']],
    ['pt', 'A\u00c9', ['a\u00e9']],
    ['pt', '  beam ', ['Beam']],
    ['piov', '\\', ['a/1\\0.root']],
    ['piov', '_%.ROOT', ['b/5_%.root']],
    ['piov', 'align_', ['a/20.root', 'a/1\\0.root']],
    ['piov', 'loose', ['c/loose.root']],
  ])('%s?search=%s finds %j', async (path, search, names) => {
    expect(await found(path, { search })).toEqual(names);
  });

  it('pl: in the names of list, tag and type', async () => {
    expect(await found('pl', { search: 'xB' })).toEqual([]);
    expect(await found('pl', { search: '100%' })).toEqual([detached]);
    expect(await found('pl', { search: 'tag_c' })).toHaveLength(2);
    expect(await found('pl', { search: 'BEAM' })).toHaveLength(2);
  });
});

describe('filters', () => {
  it('global tags by status', async () => {
    expect(await found('globalTags', { status: 'locked' })).toEqual(['Tag_C']);
    expect(await found('globalTags', { status: 'unlocked' })).toEqual(['Tag_A', 'TagxB']);
    expect(await found('globalTags', { status: 'Locked' })).toEqual([]);
    expect(await found('globalTags', { status: '' })).toHaveLength(4);
  });

  it('payload lists by tag and type', async () => {
    expect(await found('pl', { global_tag: 'Tag_C' })).toHaveLength(2);
    expect(await found('pl', { global_tag: 'Tag_' })).toEqual([]);
    expect(await found('pl', { payload_type: 'Calib_100%' })).toEqual([detached]);
    expect(await found('pl', { global_tag: 'Tag_C', payload_type: 'Beam' })).toHaveLength(1);
  });

  it('payloads by list, tag and type, together with a search', async () => {
    const beams = ['b/10.root', 'b/5_%.root'];
    const [list] = await found('pl', { global_tag: 'Tag_C', payload_type: 'Beam' });

    expect(await found('piov', { payload_list: String(list) })).toEqual(beams);
    expect(await found('piov', { payload_type: 'Beam' })).toEqual(beams);
    expect(await found('piov', { global_tag: 'Tag_C' })).toHaveLength(4);
    expect(await found('piov', { payload_type: 'Beam', search: '10' })).toEqual(['b/10.root']);
  });
});

it('a parameter given twice counts as Django counts it: the last one', async () => {
  const { body } = await server.dropIn.get('pt?page=1&page_size=1&page=2&page_size=2');

  expect(body).toMatchObject({ page: 2, page_size: 2 });
});

it('without page, the other parameters do nothing', async () => {
  const { body } = await server.dropIn.get('pt?search=Beam&page_size=1&sort=name&order=desc');

  expect((body as JsonObject[]).map(({ name }) => name)).toEqual([
    ...['Beam', 'Align', 'Calib_100%', 'Calib_100x', 'a\u00e9'],
  ]);
});

/** By one field, rows without it last; rows that are equal in it by their number. */
function by(field: string, direction: 1 | -1): (a: JsonObject, b: JsonObject) => number {
  return (a, b) => {
    const [left, right] = [a[field], b[field]];
    if (left !== right && left === null) return 1;
    if (left !== right && right === null) return -1;
    const order = left === right ? 0 : String(left) < String(right) ? -1 : 1;
    const numeric = Number(left) - Number(right);
    return (
      (typeof left === 'number' ? numeric : order) * direction || Number(a['id']) - Number(b['id'])
    );
  };
}
