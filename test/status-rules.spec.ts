import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databaseContent } from './database-content.js';
import { DropInConditions } from './drop-in-conditions.js';
import { type Answer, type HttpClient } from './http-client.js';
import { startServer, type TestServer } from './server.js';

/** A tag with a Beam payload in [10, 20) and an empty list of Field, and what changes of it need. */
interface Scene {
  readonly tag: string;
  readonly other: string;
  readonly beam: string;
  readonly field: string;
  /** Detached: another list of Beam, a list of a type that the tag has not. */
  readonly spareBeam: string;
  readonly gain: string;
  /** The payload in the tag, and two without a list: over [12, 15) and [30, 40). */
  readonly payload: number;
  readonly over: number;
  readonly beside: number;
}

let server: TestServer;
let thawing: TestServer;
let conditions: DropInConditions;
let scenes = 0;

beforeAll(async () => {
  server = await startServer();
  thawing = await startServer({
    connection: server.connection,
    env: { CDB_ALLOW_THAW: 'true' },
  });
  conditions = new DropInConditions(server.dropIn);
  for (const type of ['Beam', 'Field', 'Gain']) await conditions.payloadType(type);
});

afterAll(async () => {
  await Promise.all([server.stop(), thawing.stop()]);
});

async function scene(status: string): Promise<Scene> {
  const tag = `T${++scenes}`;
  const other = `${tag}_other`;
  await conditions.globalTag(tag);
  await conditions.globalTag(other);
  const beam = await conditions.payloadList('Beam', tag);
  const made = {
    tag,
    other,
    beam,
    field: await conditions.payloadList('Field', tag),
    spareBeam: await conditions.payloadList('Beam'),
    gain: await conditions.payloadList('Gain'),
    payload: await conditions.inserted(beam, 'beam.root', [0, 10], [0, 20]),
    over: await conditions.payload('over.root', [0, 12], [0, 15]),
    beside: await conditions.payload('beside.root', [0, 30], [0, 40]),
  };
  await conditions.changeStatus(tag, status);
  return made;
}

const row = (payload_list: string, minor_iov: number, minor_iov_end?: number) => ({
  payload_list,
  payload_url: 'bulk.root',
  major_iov: 0,
  minor_iov,
  ...(minor_iov_end === undefined ? {} : { major_iov_end: 0, minor_iov_end }),
});

const payloads = (payload_type: string, from: number, until: number | 'next' | 'open') => ({
  payloads: [
    {
      payload_type,
      payload_url: 'native.root',
      checksum: 'c',
      from: { major: 0, minor: from },
      until: typeof until === 'number' ? { major: 0, minor: until } : until,
    },
  ],
});

type Change = (client: HttpClient, scene: Scene) => Promise<Answer>;
type Expected = readonly [unlocked: number, locked: number, frozen: number];
type Row = readonly [what: string, expected: Expected, change: Change];

const inTag = (s: Scene) => `global-tags/${s.tag}/payloads`;

const DROP_IN: Row[] = [
  [
    'attaches a payload over another one',
    [200, 409, 409],
    (c, s) => c.put('piov_attach', { payload_list: s.beam, piov_id: s.over }),
  ],
  [
    'attaches a payload where nothing is valid',
    [200, 200, 409],
    (c, s) => c.put('piov_attach', { payload_list: s.beam, piov_id: s.beside }),
  ],
  [
    'loads a row without an end over a payload',
    [200, 409, 409],
    (c, s) => c.post('bulk_piov', [row(s.beam, 12)]),
  ],
  [
    'loads a row with an end over a payload',
    [200, 409, 409],
    (c, s) => c.post('bulk_piov', [row(s.beam, 5, 11)]),
  ],
  [
    'loads rows where nothing is valid',
    [200, 200, 409],
    (c, s) => c.post('bulk_piov', [row(s.beam, 20, 25), row(s.beam, 30), row(s.field, 1)]),
  ],
  [
    'loads rows of which one is over a payload',
    [200, 409, 409],
    (c, s) => c.post('bulk_piov', [row(s.field, 1), row(s.beam, 30), row(s.beam, 19)]),
  ],
  [
    'attaches a list of a new type',
    [200, 200, 409],
    (c, s) => c.put('pl_attach', { global_tag: s.tag, payload_list: s.gain }),
  ],
  [
    'attaches a list of a type that is there',
    [200, 409, 409],
    (c, s) => c.put('pl_attach', { global_tag: s.tag, payload_list: s.spareBeam }),
  ],
  [
    'moves a list away',
    [200, 409, 409],
    (c, s) => c.put('pl_attach', { global_tag: s.other, payload_list: s.beam }),
  ],
  [
    'deletes a payload',
    [200, 409, 409],
    (c, s) => c.delete(`deletePayloadIOV/${s.tag}/Beam/0/10/0/20`),
  ],
  ['deletes an empty list', [200, 409, 409], (c, s) => c.delete(`deletePayloadList/${s.field}`)],
  ['deletes the tag', [200, 409, 409], (c, s) => c.delete(`deleteGlobalTag/${s.tag}`)],
  ['clones the tag', [200, 200, 200], (c, s) => c.post(`cloneGlobalTag/${s.tag}/${s.tag}_clone`)],
  ['unlocks', [200, 200, 409], (c, s) => c.put(`gt_change_status/${s.tag}/unlocked`)],
  ['locks', [200, 200, 409], (c, s) => c.put(`gt_change_status/${s.tag}/locked`)],
  ['freezes', [200, 200, 200], (c, s) => c.put(`gt_change_status/${s.tag}/frozen`)],
];

const NATIVE: Row[] = [
  ['inserts over a payload', [201, 409, 409], (c, s) => c.post(inTag(s), payloads('Beam', 12, 15))],
  [
    'inserts up to the next payload, over one',
    [201, 409, 409],
    (c, s) => c.post(inTag(s), payloads('Beam', 12, 'next')),
  ],
  [
    'inserts an open end before a payload',
    [201, 409, 409],
    (c, s) => c.post(inTag(s), payloads('Beam', 5, 'open')),
  ],
  [
    'inserts where nothing is valid',
    [201, 201, 409],
    (c, s) => c.post(inTag(s), payloads('Beam', 20, 40)),
  ],
  [
    'inserts up to the next payload, where nothing is valid',
    [201, 201, 409],
    (c, s) => c.post(inTag(s), payloads('Beam', 5, 'next')),
  ],
  [
    'inserts the first payload of a type',
    [201, 201, 409],
    (c, s) => c.post(inTag(s), payloads('Gain', 1, 'next')),
  ],
  [
    'rehearses an insertion over a payload',
    [200, 409, 409],
    (c, s) => c.post(`${inTag(s)}?dry_run=true`, payloads('Beam', 12, 15)),
  ],
  [
    'attaches a list of a new type',
    [200, 200, 409],
    (c, s) => c.put(`global-tags/${s.tag}/payload-lists/${s.gain}`),
  ],
  [
    'attaches a list of a type that is there',
    [200, 409, 409],
    (c, s) => c.put(`global-tags/${s.tag}/payload-lists/${s.spareBeam}`),
  ],
  [
    'moves a list away',
    [200, 409, 409],
    (c, s) => c.put(`global-tags/${s.other}/payload-lists/${s.beam}`),
  ],
  [
    'detaches a list',
    [204, 409, 409],
    (c, s) => c.delete(`global-tags/${s.tag}/payload-lists/${s.beam}`),
  ],
  ['deletes a payload', [204, 409, 409], (c, s) => c.delete(`payloads/${s.payload}`)],
  ['deletes an empty list', [204, 409, 409], (c, s) => c.delete(`payload-lists/${s.field}`)],
  ['deletes the tag', [204, 409, 409], (c, s) => c.delete(`global-tags/${s.tag}`)],
  [
    'clones the tag',
    [201, 201, 201],
    (c, s) => c.post(`global-tags/${s.tag}/clone`, { name: `${s.tag}_copy` }),
  ],
  [
    'describes the tag',
    [200, 200, 409],
    (c, s) => c.patch(`global-tags/${s.tag}`, { description: 'other' }),
  ],
  ['unlocks', [200, 200, 409], (c, s) => c.patch(`global-tags/${s.tag}`, { status: 'unlocked' })],
  ['locks', [200, 200, 409], (c, s) => c.patch(`global-tags/${s.tag}`, { status: 'locked' })],
  ['freezes', [200, 200, 200], (c, s) => c.patch(`global-tags/${s.tag}`, { status: 'frozen' })],
];

const STATUSES = ['unlocked', 'locked', 'frozen'] as const;

describe.each([
  ['dropIn', DROP_IN],
  ['native', NATIVE],
] as const)('By the protocol %s, whoever', (protocol, rows) => {
  const cases = rows.flatMap(([what, expected, change]) =>
    STATUSES.map((status, i) => ({ what, status, expected: expected[i], change })),
  );

  it.each(cases)('$what (tag $status) gets $expected', async ({ status, expected, change }) => {
    const made = await scene(status);
    const before = await databaseContent(server.connection);
    const answer = await change(server[protocol], made);
    expect(`${answer.status} ${answer.text}`).toMatch(new RegExp(`^${expected}`));
    if (expected === 409) {
      expect(await databaseContent(server.connection)).toEqual(before);
      expect(answer.body).toMatchObject({ detail: expect.stringMatching(/locked|frozen/i) });
    }
    if (status !== 'unlocked') {
      expect(await conditions.valid(made.tag, [0, 15])).toMatchObject({ Beam: 'beam.root' });
    }
  });
});

describe('A refusal by a locked tag', () => {
  it('names both intervals, in both protocols', async () => {
    const { tag, beam, over } = await scene('locked');
    const both = expect.stringMatching(
      /\[\(0, 12\), \(0, 15\)\).*\[\(0, 10\), \(0, 20\)\)/,
    ) as unknown;
    const attach = { payload_list: beam, piov_id: over };
    expect((await server.dropIn.put('piov_attach', attach)).body).toMatchObject({ detail: both });
    const native = await server.native.post(
      `global-tags/${tag}/payloads`,
      payloads('Beam', 12, 15),
    );
    expect(native.body).toMatchObject({ code: 'interval-conflict', detail: both });
  });
});

describe.each([
  ['continuous', 20],
  ['discrete', 19],
] as const)('The last payload of a locked tag in %s mode, if open-ended,', (iovMode, end) => {
  let online: TestServer;

  beforeAll(async () => {
    online = await startServer({ iovMode });
    await new DropInConditions(online.dropIn).payloadType('Beam');
  });

  afterAll(async () => {
    await online.stop();
  });

  async function openEnded(): Promise<{ tag: string; list: string; conditions: DropInConditions }> {
    const conditions = new DropInConditions(online.dropIn);
    const tag = `Online${++scenes}`;
    await conditions.globalTag(tag);
    const list = await conditions.payloadList('Beam', tag);
    await conditions.inserted(list, 'first.root', [0, 10]);
    await conditions.changeStatus(tag, 'locked');
    return { tag, list, conditions };
  }

  async function answers(tag: string): Promise<unknown> {
    const { body } = await online.native.get(`global-tags/${tag}/payloads`);
    const { items } = body as {
      items: { payload_url: string; until: { minor: number } | null }[];
    };
    return items.map(({ payload_url, until }) => [payload_url, until?.minor ?? null]);
  }

  it('is closed where an open-ended one is attached after its start', async () => {
    const { tag, list, conditions } = await openEnded();
    await conditions.inserted(list, 'second.root', [0, 20]);
    expect(await answers(tag)).toEqual([
      ['first.root', end],
      ['second.root', null],
    ]);
  });

  it.each(['open', 'next'] as const)('is followed by a native one until "%s"', async (until) => {
    const { tag } = await openEnded();
    const path = `global-tags/${tag}/payloads`;
    expect((await online.native.post(path, payloads('Beam', 20, until))).status).toBe(201);
    const urlAt = async (minor: number) => {
      const { body } = await online.native.get(`${path}/at?major=0&minor=${minor}`);
      return (body as { payloads: { Beam: { payload_url: string } } }).payloads.Beam.payload_url;
    };
    expect([await urlAt(19), await urlAt(20)]).toEqual(['first.root', 'native.root']);
  });

  it('is followed by a row of a bulk load', async () => {
    const { tag, list, conditions } = await openEnded();
    const { status } = await online.dropIn.post('bulk_piov', [row(list, 20)]);
    expect(status).toBe(200);
    expect(await conditions.valid(tag, [0, 19])).toEqual({ Beam: 'first.root' });
    expect(await conditions.valid(tag, [0, 20])).toEqual({ Beam: 'bulk.root' });
  });

  it.each([
    ['that ends', 20, 30],
    ['that starts with it', 10, 'open'],
    ['that starts before it', 5, 'open'],
  ] as const)('stays as it is under one %s', async (_, from, until) => {
    const { tag } = await openEnded();
    const refused = await online.native.post(
      `global-tags/${tag}/payloads`,
      payloads('Beam', from, until),
    );
    expect(refused.status).toBe(409);
    expect(await answers(tag)).toEqual([['first.root', null]]);
  });
});

describe('Where the operator allows thawing, a frozen tag', () => {
  it('thaws by either protocol and takes changes again', async () => {
    const one = await scene('frozen');
    expect((await thawing.dropIn.put(`gt_change_status/${one.tag}/unlocked`)).status).toBe(200);
    const attach = { payload_list: one.beam, piov_id: one.over };
    expect((await thawing.dropIn.put('piov_attach', attach)).status).toBe(200);
    const other = await scene('frozen');
    const path = `global-tags/${other.tag}`;
    expect((await thawing.native.patch(path, { status: 'locked' })).body).toMatchObject({
      status: 'locked',
    });
  });

  it('refuses every other change until then', async () => {
    const { tag, beam, beside } = await scene('frozen');
    const attach = { payload_list: beam, piov_id: beside };
    expect((await thawing.dropIn.put('piov_attach', attach)).status).toBe(409);
    const path = `global-tags/${tag}`;
    expect((await thawing.native.patch(path, { description: 'x' })).status).toBe(409);
    expect((await thawing.native.delete(path)).status).toBe(409);
  });
});
