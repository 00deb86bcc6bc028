/** `POST /global-tags/{name}/payloads/at`: many moments at once, equal answers once. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type HttpClient } from './http-client.js';
import { expectInvalid, expectProblem } from './native-problem.js';
import { createDatabase, sql } from './postgres.js';
import { startServer, type TestServer } from './server.js';
import { until } from './until.js';

const MAX = 2n ** 63n - 1n;
const TYPES = ['Beam', 'Field', 'Gain'];
const RUNS = 400;

interface Moment {
  major: number | bigint;
  minor: number | bigint;
}

interface Answered {
  moments: Moment[];
  windows: unknown[];
  payloads: unknown;
  missing: string[];
}

/** Beam changes every 50 runs, Field every 70 with a gap after each, Gain once. */
const CONTENT = `
INSERT INTO "GlobalTag" (name, status_id)
  SELECT g.name, s.id FROM "GlobalTagStatus" s, (VALUES ('T'), ('Bare')) AS g (name)
   WHERE s.name = 'unlocked';
INSERT INTO "PayloadType" (name) VALUES ('Beam'), ('Field'), ('Gain'), ('Elsewhere');
INSERT INTO "PayloadList" (id, name, global_tag_id, payload_type_id)
  SELECT t.id, t.name || '_1', g.id, t.id FROM "PayloadType" t, "GlobalTag" g
   WHERE g.name = 'T' AND t.name <> 'Elsewhere';
INSERT INTO "PayloadIOV" (payload_url, checksum, major_iov, minor_iov, major_iov_end, minor_iov_end,
                          payload_list_id)
  SELECT l.name || n, '', 0, n * step, 0, n * step + length, l.id
    FROM "PayloadList" l
    JOIN (VALUES ('Beam_1', 50, 50), ('Field_1', 70, 60), ('Gain_1', 200, 1000)) AS s (name, step, length)
      USING (name), generate_series(1, ${RUNS} / step) AS n`;

describe.each(['memory', 'database'] as const)('From %s', (source) => {
  let server: TestServer;
  let native: HttpClient;

  beforeAll(async () => {
    const connection = await createDatabase();
    await sql(connection, CONTENT);
    server = await startServer({
      connection,
      env: source === 'database' ? { CDB_TIMELINE_MEMORY_MB: '0' } : {},
    });
    ({ native } = server);
    if (source === 'memory') {
      await until(async () => {
        const { headers } = await native.get('global-tags/T/payloads/at?major=0&minor=1');
        return headers.get('cache-status') === 'Tempora; hit';
      });
    }
  });

  afterAll(async () => {
    await server.stop();
  });

  async function ask(moments: Moment[], more: object = {}): Promise<Answered[]> {
    const answer = await native.post('global-tags/T/payloads/at', { moments, ...more });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'application/json; charset=utf-8',
    ]);
    return (answer.body as { answers: Answered[] }).answers;
  }

  it.each(['', '&payload_type=Field', '&payload_type=Elsewhere'])(
    'each moment has the answer it has alone%s',
    async (query) => {
      const moments: Moment[] = [
        ...Array.from({ length: RUNS + 20 }, (_, i) => ({ major: 0, minor: (i * 131) % 420 })),
        { major: 0, minor: MAX },
        { major: MAX, minor: MAX },
        { major: 1, minor: 0 },
      ];
      const type = query.split('=')[1];
      const answers = await ask(moments, type === undefined ? {} : { payload_type: type });
      const told = answers.flatMap(({ moments: each }) => each.map(textOf));
      expect(told.toSorted()).toEqual(moments.map(textOf).toSorted());
      const equal = answers.map(({ payloads, missing }) => JSON.stringify([payloads, missing]));
      expect(new Set(equal).size).toBe(equal.length);
      for (const { moments: each, windows, payloads, missing } of answers) {
        expect(each).toEqual(each.toSorted(inOrder));
        const seen = new Set<string>();
        for (const { major, minor } of each) {
          const { body } = await native.get(
            `global-tags/T/payloads/at?major=${major}&minor=${minor}${query}`,
          );
          const { window, ...alone } = body as { window: unknown };
          expect(alone).toMatchObject({ payloads, missing });
          seen.add(textOf(window));
        }
        expect(windows.map(textOf)).toEqual([...seen]);
      }
    },
  );

  it('a moment that is named twice is answered once, in the order of moments', async () => {
    const answers = await ask([120, 10, 120, 110].map((minor) => ({ major: 0, minor })));
    expect(answers.map(({ moments }) => moments)).toEqual([
      [{ major: 0, minor: 10 }],
      [
        { major: 0, minor: 110 },
        { major: 0, minor: 120 },
      ],
    ]);
    expect(answers[0]).toMatchObject({ payloads: {}, missing: TYPES });
  });

  it('ten thousand moments are answered, and others meanwhile', async () => {
    const moments = Array.from({ length: 10_000 }, (_, i) => ({ major: i % 3, minor: i }));
    const [answers, other] = await Promise.all([ask(moments), native.get('global-tags/T')]);
    expect(other.status).toBe(200);
    expect(answers.reduce((sum, { moments: each }) => sum + each.length, 0)).toBe(10_000);
  });

  it('a tag without lists has one answer', async () => {
    const { body } = await native.post('global-tags/Bare/payloads/at', {
      moments: [
        { major: 0, minor: 1 },
        { major: 5, minor: 1 },
      ],
    });
    expect(body).toEqual({
      global_tag: 'Bare',
      answers: [
        {
          moments: [
            { major: 0, minor: 1 },
            { major: 5, minor: 1 },
          ],
          windows: [{ from: { major: 0, minor: 0 }, until: null }],
          payloads: {},
          missing: [],
        },
      ],
    });
  });

  it('an unknown tag or type is a 404', async () => {
    const moments = [{ major: 0, minor: 1 }];
    const path = 'payloads/at';
    expectProblem(await native.post(`global-tags/No/${path}`, { moments }), 'global-tag-not-found');
    expectProblem(
      await native.post(`global-tags/T/${path}`, { moments, payload_type: 'No' }),
      'payload-type-not-found',
    );
  });

  const moment = { major: 0, minor: 1 };

  it('more than ten thousand moments are a 400', async () => {
    const moments = Array.from({ length: 10_001 }, () => moment);
    expectInvalid(await native.post('global-tags/T/payloads/at', { moments }), 'moments');
  });

  it.each<[unknown, ...string[]]>([
    [{}, 'moments'],
    [{ moments: [] }, 'moments'],
    [{ moments: null }, 'moments'],
    [{ moments: 'x' }, 'moments'],
    [{ moments: moment }, 'moments'],
    [{ moments: [moment, 3, null, []] }, 'moments.1', 'moments.2', 'moments.3'],
    [{ moments: [{ major: -1, minor: 'x' }] }, 'moments.0.major', 'moments.0.minor'],
    [{ moments: [{ major: 0.5 }] }, 'moments.0.major', 'moments.0.minor'],
    [{ moments: [{ major: 0, minor: 2n ** 63n }] }, 'moments.0.minor'],
    [{ moments: [{ ...moment, run: 1 }] }, 'moments.0.run'],
    [{ moments: [moment], payload_type: '' }, 'payload_type'],
    [{ moments: [moment], type: 'Beam' }, 'type'],
  ])('%j is a 400', async (...[body, ...fields]) => {
    expectInvalid(await native.post('global-tags/T/payloads/at', body), ...fields);
  });
});

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'bigint' ? String(each) : typeof each === 'number' ? String(each) : each,
  );
}

function inOrder(a: Moment, b: Moment): number {
  if (a.major !== b.major) return a.major < b.major ? -1 : 1;
  return a.minor < b.minor ? -1 : Number(a.minor > b.minor);
}
