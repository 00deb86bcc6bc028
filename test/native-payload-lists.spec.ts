import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DropInConditions } from './drop-in-conditions.js';
import { type HttpClient } from './http-client.js';
import { type JsonObject } from './json.js';
import { expectInvalid, expectProblem } from './native-problem.js';
import { startServer, type TestServer } from './server.js';

let server: TestServer;
let native: HttpClient;
let conditions: DropInConditions;

beforeAll(async () => {
  server = await startServer();
  native = server.native;
  conditions = new DropInConditions(server.dropIn);
  for (const type of ['Beam', 'Field']) await conditions.payloadType(type);
});
afterAll(() => server.stop());

async function create(payload_type: string): Promise<string> {
  const { status, body } = await native.post('payload-lists', { payload_type });
  expect(status).toBe(201);
  return String((body as JsonObject)['name']);
}

async function tagOf(list: string): Promise<unknown> {
  const { body } = await native.get(`payload-lists/${list}`);
  return (body as JsonObject)['global_tag'];
}

it('a new list is detached, named by the server, and at its Location', async () => {
  const body = { payload_type: 'Beam', description: 'second try' };
  const created = await native.post('payload-lists', body);
  const { id } = created.body as { id: number };

  expect(created.status).toBe(201);
  expect(created.body).toEqual({
    ...body,
    id,
    name: `Beam_${id}`,
    global_tag: null,
    payload_iov_count: 0,
    created: expect.stringMatching(/Z$/),
    updated: expect.stringMatching(/Z$/),
  });
  expect(created.headers.get('location')).toBe(`/api/v1/payload-lists/Beam_${id}`);
  expect((await native.get(`payload-lists/Beam_${id}`)).body).toEqual(created.body);
});

it('a list needs a payload type that exists', async () => {
  expectInvalid(await native.post('payload-lists', {}), 'payload_type');
  expectInvalid(await native.post('payload-lists', { payload_type: 'Beam', name: 'x' }), 'name');
  const unknown = await native.post('payload-lists', { payload_type: 'Nope' });
  expectProblem(unknown, 'payload-type-not-found');
});

describe('attaching and detaching', () => {
  let first: string;
  let second: string;

  beforeAll(async () => {
    await conditions.globalTag('Tag');
    await conditions.globalTag('Other');
    first = await create('Beam');
    second = await create('Beam');
    await conditions.inserted(first, 'first.root', [0, 1]);
    await conditions.inserted(second, 'second.root', [0, 1]);
  });

  it('an attached list answers in its tag', async () => {
    const { status, body } = await native.put(`global-tags/Tag/payload-lists/${first}`);

    expect(status).toBe(200);
    expect(body).toEqual({
      attached: (await native.get(`payload-lists/${first}`)).body,
      detached: [],
    });
    expect(body).toMatchObject({
      attached: { name: first, global_tag: 'Tag', payload_iov_count: 1 },
    });
    expect(await conditions.valid('Tag', [0, 5])).toEqual({ Beam: 'first.root' });
  });

  it('attaching it again changes nothing', async () => {
    const before = (await native.get(`payload-lists/${first}`)).body;
    const { body } = await native.put(`global-tags/Tag/payload-lists/${first}`);

    expect(body).toEqual({ attached: before, detached: [] });
  });

  it('another list of its type takes its place, and names it', async () => {
    const { body } = await native.put(`global-tags/Tag/payload-lists/${second}`);

    expect(body).toMatchObject({ attached: { name: second }, detached: [first] });
    expect(await tagOf(first)).toBeNull();
    expect(await conditions.valid('Tag', [0, 5])).toEqual({ Beam: 'second.root' });
  });

  it('one of another type does not', async () => {
    const field = await create('Field');
    const { body } = await native.put(`global-tags/Tag/payload-lists/${field}`);

    expect(body).toMatchObject({ detached: [] });
    expect(await tagOf(second)).toBe('Tag');
  });

  it('a list moves from one tag to another', async () => {
    await native.put(`global-tags/Other/payload-lists/${second}`);

    expect(await tagOf(second)).toBe('Other');
    expect(await conditions.valid('Tag', [0, 5])).toEqual({});
    expect(await conditions.valid('Other', [0, 5])).toEqual({ Beam: 'second.root' });
  });

  it('a detached list keeps its payloads', async () => {
    const answer = await native.delete(`global-tags/Other/payload-lists/${second}`);

    expect(answer).toMatchObject({ status: 204, text: '' });
    expect((await native.get(`payload-lists/${second}`)).body).toMatchObject({
      global_tag: null,
      payload_iov_count: 1,
    });
    expect(await conditions.valid('Other', [0, 5])).toEqual({});
  });

  it('is refused where list or tag do not exist, or do not belong together', async () => {
    expectProblem(
      await native.put(`global-tags/Nope/payload-lists/${first}`),
      'global-tag-not-found',
    );
    expectProblem(await native.put('global-tags/Tag/payload-lists/Nope'), 'payload-list-not-found');
    for (const path of [`Tag/payload-lists/${first}`, 'Tag/payload-lists/Nope']) {
      expectProblem(await native.delete(`global-tags/${path}`), 'payload-list-not-found');
    }
    expectProblem(
      await native.delete(`global-tags/Nope/payload-lists/${first}`),
      'global-tag-not-found',
    );
  });

  it('only an empty list can be deleted', async () => {
    const { detail } = expectProblem(
      await native.delete(`payload-lists/${first}`),
      'payload-list-not-empty',
    );
    expect(detail).toContain('1');
    const empty = await create('Beam');
    expect(await native.delete(`payload-lists/${empty}`)).toMatchObject({ status: 204 });
    expectProblem(await native.delete(`payload-lists/${empty}`), 'payload-list-not-found');
    expectProblem(await native.get(`payload-lists/${empty}`), 'payload-list-not-found');
  });
});

describe('listing', () => {
  let lists: string[];

  beforeAll(async () => {
    await conditions.payloadType('Listed');
    await conditions.globalTag('Listed_Z');
    await conditions.globalTag('Listed_A');
    lists = [
      await conditions.payloadList('Listed', 'Listed_Z'),
      await conditions.payloadList('Listed'),
      await conditions.payloadList('Listed', 'Listed_A'),
    ];
    await conditions.inserted(lists[2] ?? '', 'u', [0, 1]);
    await conditions.inserted(lists[2] ?? '', 'v', [0, 2]);
    await conditions.inserted(lists[1] ?? '', 'w', [0, 1]);
  });

  /** Which of the three lists there are, by their positions. */
  async function found(query: string): Promise<number[]> {
    const { status, body } = await native.get(`payload-lists?payload_type=Listed&${query}`);
    expect(status).toBe(200);
    return (body as { items: { name: string }[] }).items.map(({ name }) => lists.indexOf(name));
  }

  it('filters by tag, and by whether they are attached', async () => {
    expect(await found('global_tag=Listed_Z')).toEqual([0]);
    expect(await found('attached=true')).toEqual([0, 2]);
    expect(await found('attached=false')).toEqual([1]);
    expect(await found('search=listed_a')).toEqual([2]);
    expect(await found('search=%25')).toEqual([]);
  });

  it.each([
    ['name', [0, 1, 2], [2, 1, 0]],
    ['id', [0, 1, 2], [2, 1, 0]],
    ['global_tag', [2, 0, 1], [0, 2, 1]],
    ['payload_type', [0, 1, 2], [0, 1, 2]],
    ['payload_iov_count', [0, 1, 2], [2, 1, 0]],
    ['created', [0, 1, 2], [2, 1, 0]],
  ])('sorts by %s', async (sort, upwards, downwards) => {
    expect(await found(`sort=${sort}`)).toEqual(upwards);
    expect(await found(`sort=${sort}&order=desc`)).toEqual(downwards);
  });

  it('pages', async () => {
    const { body } = await native.get('payload-lists?payload_type=Listed&page=2&page_size=2');

    expect(body).toMatchObject({ items: [{ name: lists[2] }], total: 3, page: 2, page_size: 2 });
  });

  it('refuses odd parameters', async () => {
    expectInvalid(await native.get('payload-lists?attached=maybe'), 'attached');
    expectInvalid(await native.get('payload-lists?sort=description&order=x'), 'sort', 'order');
    expectInvalid(await native.get('payload-lists?tag=x'), 'tag');
  });
});
