/** `POST /global-tags/{name}/payloads`: insert one payload or many, in one step, all or nothing. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { databaseContent } from './database-content.js';
import { DropInConditions } from './drop-in-conditions.js';
import { type Answer } from './http-client.js';
import { type JsonObject } from './json.js';
import { expectInvalid, expectProblem } from './native-problem.js';
import { startServer, type TestServer } from './server.js';

let server: TestServer;
let conditions: DropInConditions;
/** A tag of each test's own, without lists. */
let tag: string;
let tags = 0;

beforeAll(async () => {
  server = await startServer();
  conditions = new DropInConditions(server.dropIn);
  for (const type of ['Beam', 'Field']) await conditions.payloadType(type);
});
afterAll(() => server.stop());

beforeEach(async () => {
  tag = `Tag${++tags}`;
  await conditions.globalTag(tag);
});

/** A moment of major 0. */
const run = (minor: number): JsonObject => ({ major: 0, minor });

/** A payload of Beam; `until` as it is sent, a number being a run. */
function beam(url: string, from: number, until?: number | string | null): JsonObject {
  return {
    payload_type: 'Beam',
    payload_url: url,
    checksum: 'c',
    from: run(from),
    ...(until === undefined ? {} : { until: typeof until === 'number' ? run(until) : until }),
  };
}

function send(payloads: unknown, query = ''): Promise<Answer> {
  return server.native.post(`global-tags/${tag}/payloads${query}`, { payloads });
}

interface Outcome {
  dry_run: boolean;
  added: (JsonObject & { id: number; payload_list: string })[];
  detached: JsonObject[];
  detached_count: number;
  trimmed: JsonObject[];
  split: JsonObject[];
}

async function insert(...payloads: JsonObject[]): Promise<Outcome> {
  const { status, body, text } = await send(payloads);
  expect(`${status} ${text}`).toMatch(/^201 /);
  return body as Outcome;
}

/** Which Beam payload is valid at each of the runs. */
async function valid(...runs: number[]): Promise<unknown[]> {
  const answers = await Promise.all(
    runs.map((minor) => server.native.get(`global-tags/${tag}/payloads/at?major=0&minor=${minor}`)),
  );
  return answers.map(({ body }) => {
    const { payloads } = body as { payloads: { Beam?: { payload_url: string } } };
    return payloads.Beam?.payload_url ?? null;
  });
}

describe('a payload', () => {
  it('is stored in the list of its type, which is made on first use', async () => {
    const answer = await send([beam('a', 10, 20)]);
    const { id, payload_list } = (answer.body as Outcome).added[0] as Outcome['added'][0];

    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      dry_run: false,
      added: [
        { id, payload_list, payload_url: 'a', from: run(10), until: run(20), attached: true },
      ],
      detached: [],
      detached_count: 0,
      trimmed: [],
      split: [],
    });
    expect(payload_list).toMatch(/^Beam_\d+$/);
    const location = answer.headers.get('location') ?? '';
    expect(location).toBe(`/api/v1/payloads/${id}`);
    expect(await (await fetch(server.url + location)).json()).toMatchObject({
      ...{ id, payload_type: 'Beam', payload_list, global_tag: tag, payload_url: 'a' },
    });
  });

  it('goes into the list that is there already', async () => {
    const list = await conditions.payloadList('Beam', tag);
    const { added } = await insert(beam('a', 10));

    expect(added).toMatchObject([{ payload_list: list }]);
  });

  it('can be one of many, of several types', async () => {
    const field = { ...beam('f', 0), payload_type: 'Field', size: 5, revision: '2' };
    const { body, headers } = await send([beam('a', 10, 20), field, beam('b', 20)]);
    const { added } = body as Outcome;

    expect(added.map(({ payload_url }) => payload_url)).toEqual(['a', 'f', 'b']);
    expect(added[0]?.payload_list).toBe(added[2]?.payload_list);
    expect(headers.get('location')).toBe(`/api/v1/global-tags/${tag}/payloads`);
    expect((await server.dropIn.get(`gtPayloadLists/${tag}`)).body).toEqual({
      Beam: added[0]?.payload_list,
      Field: added[1]?.payload_list,
    });
  });
});

describe('until', () => {
  beforeEach(async () => {
    await insert(beam('first', 10, 20), beam('second', 30, 40), beam('last', 50, 'open'));
  });

  it('a moment: valid up to it, and everything else answers as before', async () => {
    const { detached, trimmed, split } = await insert(beam('new', 15, 35));

    expect(await valid(14, 15, 29, 34, 35, 39, 40)).toEqual([
      ...['first', 'new', 'new', 'new', 'second', 'second', null],
    ]);
    expect(detached).toEqual([]);
    expect(trimmed).toMatchObject([
      { before: { from: run(10), until: run(20) }, now: { from: run(10), until: run(15) } },
      { before: { from: run(30), until: run(40) }, now: { from: run(35), until: run(40) } },
    ]);
    expect(split).toEqual([]);
  });

  it('a moment inside another payload: that one is split', async () => {
    const { split, trimmed } = await insert(beam('new', 60, 70));

    expect(await valid(59, 60, 69, 70)).toEqual(['last', 'new', 'new', 'last']);
    expect(trimmed).toMatchObject([{ now: { from: run(50), until: run(60) } }]);
    expect(split).toMatchObject([{ of: trimmed[0]?.['id'], from: run(70), until: null }]);
  });

  it.each([undefined, 'next'])('%s: up to the next payload, which stays', async (until) => {
    const { detached, trimmed } = await insert(beam('new', 15, until));

    expect(await valid(14, 15, 29, 30, 39, 50)).toEqual([
      ...['first', 'new', 'new', 'second', 'second', 'last'],
    ]);
    expect([detached, trimmed]).toEqual([[], []]);
  });

  it('next, after the last payload: for ever', async () => {
    await insert(beam('new', 60));

    expect(await valid(59, 60, 1_000_000)).toEqual(['last', 'new', 'new']);
  });

  it.each(['open', null])('%s: for ever, later payloads are detached', async (until) => {
    const { detached, detached_count } = await insert(beam('new', 15, until));

    expect(await valid(14, 15, 30, 45, 1_000_000)).toEqual(['first', 'new', 'new', 'new', 'new']);
    expect(detached).toHaveLength(2);
    expect(detached_count).toBe(2);
    expect(detached).toEqual(
      expect.arrayContaining([
        { id: expect.any(Number), from: run(30), until: run(40) },
        { id: expect.any(Number), from: run(50), until: null },
      ]),
    );
    const second = detached.find(({ until }) => until !== null);
    const { body } = await server.native.get(`payloads/${String(second?.['id'])}`);
    expect(body).toMatchObject({ payload_url: 'second', payload_list: null, global_tag: null });
  });

  it('exactly the interval of another payload: it takes its place', async () => {
    const { detached } = await insert(beam('new', 30, 40));

    expect(await valid(29, 30, 39, 40)).toEqual([null, 'new', 'new', null]);
    expect(detached).toMatchObject([{ from: run(30), until: run(40) }]);
  });

  it('several in one request count one after another', async () => {
    const { added } = await insert(beam('a', 12, 18), beam('b', 14, 16), beam('c', 12, 18));

    expect(await valid(11, 12, 15, 17, 18)).toEqual(['first', 'c', 'c', 'c', 'first']);
    expect(added.map(({ attached }) => attached)).toEqual([false, false, true]);
    const { body } = await server.native.get(`payloads/${String(added[0]?.id)}`);
    expect(body).toMatchObject({ payload_url: 'a', payload_list: null });
  });
});

describe('dry_run', () => {
  /** What only the real run can know: numbers of new rows. */
  const withoutNewNumbers = (outcome: unknown): unknown => {
    const { added, split, ...rest } = outcome as Outcome;
    return {
      ...{ ...rest, dry_run: true },
      added: added.map((each) => ({ ...each, id: null })),
      split: split.map((each) => ({ ...each, id: null })),
    };
  };

  it.each<[string, JsonObject[]]>([
    ['an insertion that changes nothing else', [beam('new', 22, 25)]],
    ['trims', [beam('new', 15, 35)]],
    ['splits', [beam('new', 60, 70)]],
    ['detaches', [beam('new', 0, 'open')]],
    ['several of these', [beam('a', 12, 18), beam('b', 55, 60), beam('c', 25, 45)]],
    ['up to the next', [beam('new', 30)]],
  ])('tells what the real run does, and does nothing: %s', async (_, payloads) => {
    await insert(beam('first', 10, 20), beam('second', 30, 40), beam('last', 50, 'open'));
    const before = await databaseContent(server.connection);
    const rehearsed = await send(payloads, '?dry_run=true');

    expect(await databaseContent(server.connection)).toEqual(before);
    expect(rehearsed.status).toBe(200);
    expect(rehearsed.headers.get('location')).toBeNull();
    expect(rehearsed.body).toEqual(withoutNewNumbers(await insert(...payloads)));
  });

  it('makes no list either', async () => {
    const before = await databaseContent(server.connection);
    const { status, body } = await send([beam('new', 1)], '?dry_run=true');

    expect({ status, body }).toMatchObject({
      status: 200,
      body: { dry_run: true, added: [{ id: null, payload_list: null }] },
    });
    expect(await databaseContent(server.connection)).toEqual(before);
  });

  it('meets the same refusals', async () => {
    await conditions.changeStatus(tag, 'frozen');

    expectProblem(await send([beam('new', 1)], '?dry_run=true'), 'global-tag-frozen');
    expectInvalid(await send([beam('new', 1)], '?dry_run=perhaps'), 'dry_run');
  });
});

describe('is refused, and nothing is written', () => {
  async function refused(payloads: unknown): Promise<Answer> {
    const before = await databaseContent(server.connection);
    const answer = await send(payloads);
    expect(await databaseContent(server.connection)).toEqual(before);
    return answer;
  }

  const fine = beam('fine', 1, 2);

  it.each<[string, unknown, string[]]>([
    ['nothing', undefined, ['payloads']],
    ['no payload', [], ['payloads']],
    ['an object', fine, ['payloads']],
    ['too many', Array.from({ length: 10_001 }, () => ({})), ['payloads']],
    ['an unknown field', [fine, { ...fine, colour: 'red' }], ['payloads.1.colour']],
    ['a moment with more to it', [{ ...fine, from: { ...run(1), x: 1 } }], ['payloads.0.from.x']],
    ['half a moment', [{ ...fine, from: { major: 1 } }], ['payloads.0.from.minor']],
    [
      'a moment too large',
      [{ ...fine, from: { major: 0, minor: 2n ** 63n } }],
      ['payloads.0.from.minor'],
    ],
    ['no start', [{ ...fine, from: null }], ['payloads.0.from']],
    ['a start that is no moment', [{ ...fine, from: 7 }], ['payloads.0.from']],
    ['another word', [fine, beam('new', 1, 'later')], ['payloads.1.until']],
    [
      'an end that is no moment',
      [{ ...fine, until: { major: -1, minor: 0 } }],
      ['payloads.0.until.major'],
    ],
    ['an end that is a list', [{ ...fine, until: [] }], ['payloads.0.until']],
    ['a size below 0', [{ ...fine, size: -1 }], ['payloads.0.size']],
    ['a blank URL', [{ ...fine, payload_url: ' ' }], ['payloads.0.payload_url']],
    ['a null character', [{ ...fine, checksum: 'a\0' }], ['payloads.0.checksum']],
    [
      'several things',
      [{ ...fine, payload_url: undefined }, fine, { ...fine, checksum: 'x'.repeat(256) }],
      ['payloads.0.payload_url', 'payloads.2.checksum'],
    ],
  ])('%s', async (_, payloads, fields) => {
    expectInvalid(await refused(payloads), ...fields);
  });

  it('of many mistakes the first ten are told', async () => {
    const wrong = Array.from({ length: 100 }, () => ({ ...fine, checksum: 1 }));
    const fields = Array.from({ length: 10 }, (_, i) => `payloads.${i}.checksum`);

    expectInvalid(await refused(wrong), ...fields);
  });

  it('an unknown tag or payload type', async () => {
    expectProblem(
      await refused([fine, { ...fine, payload_type: 'Nope' }]),
      'payload-type-not-found',
    );
    const { native } = server;
    const answer = await native.post('global-tags/Nope/payloads', { payloads: [fine] });
    expectProblem(answer, 'global-tag-not-found');
  });

  it.each([[beam('new', 5, 5)], [beam('new', 5, 4)]])(
    'an interval that is none: %j',
    async (wrong) => {
      expectProblem(await refused([fine, wrong]), 'invalid-interval');
    },
  );

  it('one payload of many that a locked tag does not take: both intervals are named', async () => {
    await insert(beam('there', 10, 20));
    await conditions.changeStatus(tag, 'locked');
    const { detail } = expectProblem(
      await refused([beam('new', 20, 30), beam('over', 15, 25)]),
      'interval-conflict',
    );

    expect(detail).toContain('[(0, 15), (0, 25))');
    expect(detail).toContain('[(0, 10), (0, 20))');
  });

  it('anything into a frozen tag', async () => {
    await conditions.changeStatus(tag, 'frozen');

    expectProblem(await refused([fine]), 'global-tag-frozen');
  });
});

it('10,000 payloads at once are inserted, in their order', async () => {
  const payloads = Array.from({ length: 10_000 }, (_, i) => beam(`url${i}`, i, i + 1));
  const { added } = await insert(...payloads);

  expect(added).toHaveLength(10_000);
  expect(await valid(0, 4_999, 9_999, 10_000)).toEqual(['url0', 'url4999', 'url9999', null]);
});

describe('in discrete mode', () => {
  it('an end is the last moment that is included', async () => {
    const discrete = await startServer({ iovMode: 'discrete', connection: server.connection });
    const path = `global-tags/${tag}/payloads`;
    const post = (...payloads: JsonObject[]) => discrete.native.post(path, { payloads });
    await post(beam('first', 10, 20));
    const { body } = await post(beam('new', 15, 15));
    const at = async (minor: number): Promise<unknown> => {
      const { body } = await discrete.native.get(`${path}/at?major=0&minor=${minor}`);
      return (body as { payloads: { Beam?: JsonObject } }).payloads.Beam?.['payload_url'];
    };
    const answers = await Promise.all([14, 15, 16, 20, 21].map(at));
    await discrete.stop();

    expect(answers).toEqual(['first', 'new', 'first', 'first', undefined]);
    expect(body).toMatchObject({
      trimmed: [{ now: { from: run(10), until: run(14) } }],
      split: [{ from: run(16), until: run(20) }],
    });
  });
});
