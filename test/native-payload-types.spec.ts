import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type HttpClient } from './http-client.js';
import { type JsonObject } from './json.js';
import { expectInvalid, expectProblem } from './native-problem.js';
import { startServer, type TestServer } from './server.js';

let server: TestServer;
let native: HttpClient;

beforeAll(async () => {
  server = await startServer();
  native = server.native;
});
afterAll(() => server.stop());

it('a payload type is created, shown at its Location, described and deleted', async () => {
  const created = await native.post('payload-types', { name: 'TPC gain', description: 'of pads' });
  expect(created.status).toBe(201);
  expect(created.body).toEqual({
    id: expect.any(Number),
    name: 'TPC gain',
    description: 'of pads',
    created: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}Z$/),
  });
  expect(created.headers.get('location')).toBe('/api/v1/payload-types/TPC%20gain');
  expect((await native.get('payload-types/TPC%20gain')).body).toEqual(created.body);

  const described = await native.patch('payload-types/TPC%20gain', { description: 'of each pad' });
  expect(described.body).toEqual({ ...(created.body as JsonObject), description: 'of each pad' });
  const emptied = await native.patch('payload-types/TPC%20gain', { description: null });
  expect(emptied.body).toMatchObject({ description: null });

  expect(await native.delete('payload-types/TPC%20gain')).toMatchObject({ status: 204, text: '' });
  expectProblem(await native.get('payload-types/TPC%20gain'), 'payload-type-not-found');
});

describe('is refused', () => {
  beforeAll(async () => {
    await native.post('payload-types', { name: 'Used' });
    await native.post('payload-lists', { payload_type: 'Used' });
  });

  it.each<[JsonObject, string]>([
    [{}, 'name'],
    [{ name: ' ' }, 'name'],
    [{ name: 'a/b' }, 'name'],
    [{ name: 'a\\b' }, 'name'],
    [{ name: 'x'.repeat(81) }, 'name'],
    [{ name: 'New', description: 7 }, 'description'],
    [{ name: 'New', description: 'x'.repeat(256) }, 'description'],
    [{ name: 'New', created: 'now' }, 'created'],
  ])('to be created as %j', async (body, field) => {
    expectInvalid(await native.post('payload-types', body), field);
  });

  it('twice', async () => {
    expectProblem(await native.post('payload-types', { name: 'Used' }), 'payload-type-exists');
  });

  it('another name', async () => {
    const renamed = { name: 'Other', description: null };
    expectInvalid(await native.patch('payload-types/Used', renamed), 'name');
    expectInvalid(await native.patch('payload-types/Used', {}), 'description');
  });

  it('to be deleted while lists use it', async () => {
    expectProblem(await native.delete('payload-types/Used'), 'payload-type-in-use');
    expect(await native.get('payload-types/Used')).toMatchObject({ status: 200 });
  });

  it('what does not exist', async () => {
    expectProblem(await native.get('payload-types/Nope'), 'payload-type-not-found');
    expectProblem(await native.delete('payload-types/Nope'), 'payload-type-not-found');
    const change = await native.patch('payload-types/Nope', { description: 'x' });
    expectProblem(change, 'payload-type-not-found');
  });
});

describe('listing', () => {
  beforeAll(async () => {
    for (const name of ['List_B', 'ListxA', 'List_C']) await native.post('payload-types', { name });
  });

  async function names(query: string): Promise<unknown[]> {
    const { body } = await native.get(`payload-types?${query}`);
    return (body as { items: JsonObject[] }).items.map(({ name }) => name);
  }

  it('sorts by name, number or time', async () => {
    const made = ['List_B', 'ListxA', 'List_C'];

    expect(await names('search=list')).toEqual(['List_B', 'List_C', 'ListxA']);
    expect(await names('search=list&order=desc')).toEqual(['ListxA', 'List_C', 'List_B']);
    expect(await names('search=list&sort=id')).toEqual(made);
    expect(await names('search=list&sort=created&order=desc')).toEqual(made.toReversed());
  });

  it('searches for what is written, wildcards included', async () => {
    expect(await names('search=LIST_')).toEqual(['List_B', 'List_C']);
    expect(await names('search=%25')).toEqual([]);
    expect(await names('search=')).toContain('ListxA');
  });

  it('pages', async () => {
    const { body } = await native.get('payload-types?search=list&page=2&page_size=2');

    expect(body).toMatchObject({ items: [{ name: 'ListxA' }], total: 3, page: 2, page_size: 2 });
    expect((await native.get('payload-types?search=list&page=9')).body).toMatchObject({
      items: [],
      total: 3,
      page: 9,
    });
  });

  it('refuses odd parameters', async () => {
    expectInvalid(await native.get('payload-types?sort=description'), 'sort');
    expectInvalid(await native.get('payload-types?page=1.5&page_size=0'), 'page', 'page_size');
  });
});
