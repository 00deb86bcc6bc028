import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DropInConditions } from './drop-in-conditions.js';
import { type HttpClient } from './http-client.js';
import { type JsonObject } from './json.js';
import { expectInvalid, expectProblem } from './native-problem.js';
import { sql } from './postgres.js';
import { startServer, type TestServer } from './server.js';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);

let server: TestServer;
let native: HttpClient;
let conditions: DropInConditions;

beforeAll(async () => {
  server = await startServer();
  native = server.native;
  conditions = new DropInConditions(server.dropIn);
});
afterAll(() => server.stop());

async function create(body: JsonObject): Promise<JsonObject> {
  const answer = await native.post('global-tags', body);
  expect(answer.status).toBe(201);
  return answer.body as JsonObject;
}

async function shown(name: string): Promise<JsonObject> {
  const { status, body } = await native.get(`global-tags/${encodeURIComponent(name)}`);
  expect(status).toBe(200);
  return body as JsonObject;
}

it('the statuses are there from the start', async () => {
  const { body } = await native.get('statuses');

  expect(body).toMatchObject([{ name: 'unlocked' }, { name: 'locked' }, { name: 'frozen' }]);
});

describe('creating a global tag', () => {
  it('needs a name; the tag is empty, unlocked, and at its Location', async () => {
    const { status, body, headers } = await native.post('global-tags', { name: 'Minimal' });

    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(Number),
      name: 'Minimal',
      author: null,
      description: null,
      status: 'unlocked',
      payload_lists_count: 0,
      payload_iov_count: 0,
      created: TIME,
      updated: TIME,
    });
    const location = headers.get('location') ?? '';
    expect(await (await fetch(server.url + location)).json()).toEqual(body);
  });

  it('takes status, author and description', async () => {
    const told = { status: 'locked', author: 'me', description: 'for the paper' };

    expect(await create({ name: 'Whole', ...told })).toMatchObject(told);
  });

  it.each(['with blanks', 'a?b&c=d#e', '100%', 'äöü 漢字', "'; --", '...', 'x'.repeat(80)])(
    'may be called %s',
    async (name) => {
      const { headers } = await native.post('global-tags', { name });

      expect(headers.get('location')).toBe(`/api/v1/global-tags/${encodeURIComponent(name)}`);
      expect(await shown(name)).toMatchObject({ name });
    },
  );

  it('cuts blanks around the name', async () => {
    expect(await create({ name: '  Trimmed ' })).toMatchObject({ name: 'Trimmed' });
  });

  it.each<[JsonObject, string]>([
    [{}, 'name'],
    [{ name: '' }, 'name'],
    [{ name: null }, 'name'],
    [{ name: 7 }, 'name'],
    [{ name: 'a/b' }, 'name'],
    [{ name: 'a\nb' }, 'name'],
    [{ name: '.' }, 'name'],
    [{ name: '..' }, 'name'],
    [{ name: 'x'.repeat(81) }, 'name'],
    [{ name: 'New', author: 'x'.repeat(81) }, 'author'],
    [{ name: 'New', description: 'x'.repeat(256) }, 'description'],
    [{ name: 'New', status: null }, 'status'],
    [{ name: 'New', colour: 'red' }, 'colour'],
    [{ name: 'New', id: 1 }, 'id'],
  ])('is refused for %j', async (body, field) => {
    expectInvalid(await native.post('global-tags', body), field);
  });

  it('tells every field that is wrong', async () => {
    expectInvalid(
      await native.post('global-tags', { author: 1, status: '' }),
      'name',
      'author',
      'status',
    );
  });

  it('is refused where the name is taken, or the status unknown', async () => {
    expectProblem(await native.post('global-tags', { name: 'Minimal' }), 'global-tag-exists');
    const unknown = { name: 'New', status: 'open' };
    expectProblem(await native.post('global-tags', unknown), 'status-not-found');
    expectProblem(await native.get('global-tags/New'), 'global-tag-not-found');
  });
});

describe('changing a global tag', () => {
  beforeAll(async () => {
    await create({ name: 'Changing', author: 'me', description: 'first' });
  });

  it('changes what is named and leaves the rest', async () => {
    const before = await shown('Changing');
    const { status, body } = await native.patch('global-tags/Changing', { description: 'second' });

    expect(status).toBe(200);
    expect(body).toEqual({ ...before, description: 'second', updated: TIME });
    expect(String((body as JsonObject)['updated']) > String(before['updated'])).toBe(true);
    expect(await shown('Changing')).toEqual(body);
  });

  it('null empties', async () => {
    const { body } = await native.patch('global-tags/Changing', {
      author: null,
      description: null,
    });

    expect(body).toMatchObject({ author: null, description: null, status: 'unlocked' });
  });

  it('sets the status', async () => {
    const { body } = await native.patch('global-tags/Changing', { status: 'locked' });

    expect(body).toMatchObject({ status: 'locked' });
  });

  it('is refused for what cannot change, is unknown or wrong', async () => {
    expectInvalid(await native.patch('global-tags/Changing', { name: 'Other' }), 'name');
    expectInvalid(await native.patch('global-tags/Changing', { status: null }), 'status');
    expectInvalid(await native.patch('global-tags/Changing', { author: 'x'.repeat(81) }), 'author');
    expectProblem(await native.patch('global-tags/Changing', { status: 'x' }), 'status-not-found');
    expectProblem(await native.patch('global-tags/Nope', {}), 'global-tag-not-found');
  });
});

describe('listing global tags', () => {
  const names = async (query: string): Promise<unknown[]> => {
    const { status, body } = await native.get(`global-tags?search=listed&${query}`);
    expect(status).toBe(200);
    return (body as { items: JsonObject[] }).items.map(({ name }) => name);
  };

  beforeAll(async () => {
    await create({ name: 'Listed_B', author: 'zoe', status: 'locked' });
    await create({ name: 'Listed_C', author: 'adam', status: 'unlocked' });
    await create({ name: 'ListedxA', author: 'listed_', status: 'frozen' });
    await native.patch('global-tags/Listed_B', { description: 'changed last' });
  });

  it('gives a page, and how many there are', async () => {
    const { body } = await native.get('global-tags?search=listed&page=2&page_size=2');

    expect(body).toMatchObject({ items: [{ name: 'ListedxA' }], total: 3, page: 2, page_size: 2 });
    expect((body as { items: object[] }).items).toEqual([await shown('ListedxA')]);
  });

  it.each([
    ['name', ['Listed_B', 'Listed_C', 'ListedxA']],
    ['id', ['Listed_B', 'Listed_C', 'ListedxA']],
    ['author', ['Listed_C', 'ListedxA', 'Listed_B']],
    ['status', ['ListedxA', 'Listed_B', 'Listed_C']],
    ['created', ['Listed_B', 'Listed_C', 'ListedxA']],
    ['updated', ['Listed_C', 'ListedxA', 'Listed_B']],
  ])('sorts by %s', async (sort, upwards) => {
    expect(await names(`sort=${sort}`)).toEqual(upwards);
    expect(await names(`sort=${sort}&order=desc`)).toEqual(upwards.toReversed());
  });

  it('filters by status and searches names and authors literally', async () => {
    expect(await names('status=locked')).toEqual(['Listed_B']);
    const { body } = await native.get('global-tags?search=LISTED_');
    expect(body).toMatchObject({ total: 3 });
    expect((await native.get('global-tags?search=d_b')).body).toMatchObject({ total: 1 });
  });

  it.each([
    ['page=0', 'page'],
    ['page=one', 'page'],
    ['page_size=1001', 'page_size'],
    ['page_size=-1', 'page_size'],
    ['sort=payload', 'sort'],
    ['order=up', 'order'],
    ['status=', 'status'],
    ['colour=red', 'colour'],
  ])('refuses ?%s', async (query, field) => {
    expectInvalid(await native.get(`global-tags?${query}`), field);
  });
});

describe('cloning and deleting', () => {
  const url = async (tag: string): Promise<unknown> => {
    const { body } = await native.get(`global-tags/${tag}/payloads/at?major=0&minor=15`);
    return (body as { payloads: { Beam: { payload_url: string } } }).payloads.Beam.payload_url;
  };
  let list: string;

  beforeAll(async () => {
    await create({ name: 'Original', author: 'me', description: 'original' });
    await conditions.payloadType('Beam');
    list = await conditions.payloadList('Beam', 'Original');
    await conditions.inserted(list, 'first.root', [0, 10]);
    await conditions.inserted(list, 'second.root', [0, 20], [0, 30]);
    await conditions.changeStatus('Original', 'locked');
  });

  it('a clone holds the same payloads in lists of its own, and is unlocked', async () => {
    const answer = await native.post('global-tags/Original/clone', { name: 'Clone' });

    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe('/api/v1/global-tags/Clone');
    expect(answer.body).toMatchObject({
      ...{ name: 'Clone', status: 'unlocked', author: 'me', description: 'original' },
      ...{ payload_lists_count: 1, payload_iov_count: 3 },
    });
    const { body } = await native.get('payload-lists?global_tag=Clone');
    expect(body).toMatchObject({ items: [{ payload_type: 'Beam', payload_iov_count: 3 }] });
    expect(body).not.toMatchObject({ items: [{ name: list }] });
  });

  it('a change of the clone leaves the original alone', async () => {
    const payload = { payload_type: 'Beam', payload_url: 'new', checksum: 'c', until: 'open' };
    const from = { major: 0, minor: 0 };
    await native.post('global-tags/Clone/payloads', { payloads: [{ ...payload, from }] });

    expect([await url('Original'), await url('Clone')]).toEqual(['first.root', 'new']);
  });

  it('author and description can be others, or none', async () => {
    const body = { name: 'Clone2', author: 'you', description: null };
    const { body: clone } = await native.post('global-tags/Original/clone', body);

    expect(clone).toMatchObject(body);
  });

  it('is refused where the name is taken or wrong, or nothing is there to clone', async () => {
    const clone = (from: string, body: object) => native.post(`global-tags/${from}/clone`, body);

    expectProblem(await clone('Original', { name: 'Clone' }), 'global-tag-exists');
    expectProblem(await clone('Original', { name: 'Original' }), 'global-tag-exists');
    expectProblem(await clone('Nope', { name: 'New' }), 'global-tag-not-found');
    expectInvalid(await clone('Original', {}), 'name');
    expectInvalid(await clone('Original', { name: 'New', status: 'locked' }), 'status');
  });

  it('deleting takes the lists and payloads along, and nothing else', async () => {
    const counts = async (): Promise<unknown> => [
      await sql(server.connection, 'SELECT count(*)::int FROM "PayloadList"'),
      await sql(server.connection, 'SELECT count(*)::int FROM "PayloadIOV"'),
    ];
    const before = await counts();
    await native.post('global-tags/Original/clone', { name: 'Doomed' });
    const { status, text } = await native.delete('global-tags/Doomed');

    expect({ status, text }).toEqual({ status: 204, text: '' });
    expectProblem(await native.get('global-tags/Doomed'), 'global-tag-not-found');
    expectProblem(await native.delete('global-tags/Doomed'), 'global-tag-not-found');
    expect(await counts()).toEqual(before);
  });
});
