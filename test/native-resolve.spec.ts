/** `GET /global-tags/{name}/payloads/at`: which payloads are valid at a moment, ends checked. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DropInConditions } from './drop-in-conditions.js';
import { type JsonObject } from './json.js';
import { expectInvalid, expectProblem } from './native-problem.js';
import { sql } from './postgres.js';
import { startServer, type TestServer } from './server.js';

const MAX = 2n ** 63n - 1n;

const servers = new Map<string, TestServer>();

beforeAll(async () => {
  for (const iovMode of ['continuous', 'discrete'] as const) {
    servers.set(iovMode, await startServer({ iovMode }));
  }
});
afterAll(async () => {
  for (const server of servers.values()) await server.stop();
});

/** In `continuous` mode 20 is the first run without `first`, in `discrete` mode the last one with it. */
describe.each([
  ['continuous', false],
  ['discrete', true],
])('in %s mode', (mode, endIncluded) => {
  let server: TestServer;

  beforeAll(async () => {
    server = servers.get(mode) as TestServer;
    const conditions = new DropInConditions(server.dropIn);
    const [beam = '', field = '', edge = ''] = await conditions.tagWithLists(
      'Tag',
      ...['Beam', 'Field', 'Edge', 'Empty'],
    );
    await conditions.inserted(beam, 'first', [0, 10], [0, 20]);
    await conditions.inserted(beam, 'second', [0, 30]);
    await conditions.inserted(field, 'field', [0, 0], [1, 0]);
    await conditions.inserted(edge, 'to the edge', [MAX, 0], [MAX, MAX - 1n]);
    await conditions.payloadType('Elsewhere');
  });

  async function resolve(major: bigint | number, minor: bigint | number): Promise<Resolved> {
    const { status, body } = await server.native.get(
      `global-tags/Tag/payloads/at?major=${major}&minor=${minor}`,
    );
    expect(status).toBe(200);
    return body as Resolved;
  }

  interface Resolved {
    payloads: Record<string, { payload_url: string }>;
    missing: string[];
  }

  it('a payload is shown with all that is known of it', async () => {
    expect(await resolve(0, 15)).toEqual({
      global_tag: 'Tag',
      at: { major: 0, minor: 15 },
      payloads: {
        Beam: {
          id: expect.any(Number),
          payload_list: expect.stringMatching(/^Beam_\d+$/),
          payload_url: 'first',
          checksum: 'checksum of first',
          size: null,
          revision: null,
          from: { major: 0, minor: 10 },
          until: { major: 0, minor: 20 },
        },
        Field: expect.objectContaining({ payload_url: 'field', until: { major: 1, minor: 0 } }),
      },
      missing: ['Edge', 'Empty'],
      window: { from: { major: 0, minor: 10 }, until: { major: 0, minor: 20 } },
    });
  });

  it.each<[bigint | number, bigint | number, Record<string, string>]>([
    [0, 0, { Field: 'field' }],
    [0, 9, { Field: 'field' }],
    [0, 10, { Beam: 'first', Field: 'field' }],
    [0, 19, { Beam: 'first', Field: 'field' }],
    [0, 20, endIncluded ? { Beam: 'first', Field: 'field' } : { Field: 'field' }],
    [0, 21, { Field: 'field' }],
    [0, 29, { Field: 'field' }],
    [0, 30, { Beam: 'second', Field: 'field' }],
    [0, MAX, { Beam: 'second', Field: 'field' }],
    [1, 0, endIncluded ? { Beam: 'second', Field: 'field' } : { Beam: 'second' }],
    [1, 1, { Beam: 'second' }],
    [MAX, 0, { Beam: 'second', Edge: 'to the edge' }],
    [MAX, MAX - 2n, { Beam: 'second', Edge: 'to the edge' }],
    [MAX, MAX - 1n, endIncluded ? { Beam: 'second', Edge: 'to the edge' } : { Beam: 'second' }],
    [MAX, MAX, { Beam: 'second' }],
  ])('(%i, %i): %j', async (major, minor, urls) => {
    const { payloads, missing } = await resolve(major, minor);
    const valid = Object.entries(payloads).map(([type, { payload_url }]) => [type, payload_url]);

    expect(Object.fromEntries(valid)).toEqual(urls);
    expect(missing).toEqual(['Beam', 'Edge', 'Empty', 'Field'].filter((type) => !(type in urls)));
  });

  it('an earlier payload is not searched where the latest has ended', async () => {
    const [list = ''] = await new DropInConditions(server.dropIn).tagWithLists('Loaded', 'Loads');
    const insert = `
      INSERT INTO "PayloadIOV" (payload_url, checksum, major_iov, minor_iov, major_iov_end,
                                minor_iov_end, payload_list_id)
      SELECT url, '', 0, minor, 0, minor_end, l.id FROM "PayloadList" l,
        (VALUES ('long', 10, 100), ('short', 20, 30), ('twin', 20, 40)) AS p (url, minor, minor_end)
      WHERE l.name = $1`;
    await sql(server.connection, insert, [list]);
    const urls = [];
    for (const minor of [19, 20, 35, 41, 99]) {
      const { body } = await server.native.get(
        `global-tags/Loaded/payloads/at?major=0&minor=${minor}`,
      );
      urls.push((body as Resolved).payloads['Loads']?.payload_url);
    }

    expect(urls).toEqual(['long', 'twin', 'twin', undefined, undefined]);
  });

  it('one payload type can be asked for alone', async () => {
    const at = (query: string) => server.native.get(`global-tags/Tag/payloads/at?${query}`);
    const beam = await at('major=0&minor=15&payload_type=Beam');
    const nothing = await at('major=0&minor=25&payload_type=Beam');
    const elsewhere = await at('major=0&minor=15&payload_type=Elsewhere');

    expect(Object.keys((beam.body as Resolved).payloads)).toEqual(['Beam']);
    expect(beam.body).toMatchObject({ missing: [] });
    expect(nothing.body).toMatchObject({ payloads: {}, missing: ['Beam'] });
    expect(elsewhere.body).toMatchObject({ payloads: {}, missing: ['Elsewhere'] });
    expectProblem(await at('major=0&minor=15&payload_type=Nope'), 'payload-type-not-found');
  });

  it('a tag without lists has nothing, not even missing', async () => {
    await new DropInConditions(server.dropIn).globalTag('Bare');
    const { body } = await server.native.get('global-tags/Bare/payloads/at?major=0&minor=1');

    expect(body).toEqual({
      global_tag: 'Bare',
      at: { major: 0, minor: 1 },
      payloads: {},
      missing: [],
      window: { from: { major: 0, minor: 0 }, until: null },
    });
  });

  it('a tag that does not exist is a 404', async () => {
    expectProblem(
      await server.native.get('global-tags/Nope/payloads/at?major=0&minor=1'),
      'global-tag-not-found',
    );
  });

  it.each<[string, ...string[]]>([
    ['', 'major', 'minor'],
    ['major=1', 'minor'],
    ['major=&minor=1', 'major'],
    ['major=a&minor=b', 'major', 'minor'],
    ['major=-1&minor=1', 'major'],
    ['major=1.5&minor=1', 'major'],
    ['major=0&minor=9223372036854775808', 'minor'],
    ['major=0&major=1&minor=1', 'major'],
    ['major=0&minor=1&payload_type=', 'payload_type'],
    ['major=0&minor=1&type=Beam', 'type'],
  ])('?%s is a 400', async (...[query, ...fields]) => {
    expectInvalid(await server.native.get(`global-tags/Tag/payloads/at?${query}`), ...fields);
  });
});

it('the drop-in question does not look at ends, the native one does', async () => {
  const server = servers.get('continuous') as TestServer;
  const { body } = await server.native.get('global-tags/Tag/payloads/at?major=0&minor=25');
  const urls = await new DropInConditions(server.dropIn).valid('Tag', [0, 25]);

  expect((body as { payloads: JsonObject }).payloads).not.toHaveProperty('Beam');
  expect(urls).toMatchObject({ Beam: 'first' });
});
