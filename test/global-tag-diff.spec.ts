/** `GET /global-tags/{name}/diff/{other}`: what two tags answer differently, and where. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { around, line, momentAt } from './answers-model.js';
import { parseExactly } from './json.js';
import { listOf } from './memory-and-sql.js';
import { expectInvalid, expectProblem } from './native-problem.js';
import { sql } from './postgres.js';
import { startServer, type TestServer } from './server.js';

const MAX = 2n ** 63n - 1n;
const LAST = line({ major: MAX, minor: MAX });
/** Byte order is not that of their making. */
const TYPES = ['Field', 'Beam', 'adc'];
const MOMENTS: bigint[] = [
  ...[0n, 1n, 2n, 3n, 5n, MAX].map((minor) => line({ major: 0n, minor })),
  ...[0n, 3n].map((minor) => line({ major: 1n, minor })),
  line({ major: MAX, minor: MAX - 1n }),
  LAST,
];
const PROBES = around(MOMENTS.map(momentAt)).sort((a, b) => (a < b ? -1 : 1));

const moments = fc.constantFrom(...MOMENTS);
/** Ends may come before starts, starts meet, and one file be stored again: adopted data has it all. */
const rows = fc.array(
  fc.record({
    type: fc.constantFrom(...TYPES),
    start: moments,
    end: fc.oneof(moments, fc.constant(LAST)),
    url: fc.constantFrom('a', 'b', 'c'),
    size: fc.constantFrom('1', 'NULL'),
  }),
  { maxLength: 10 },
);

type Rows = typeof rows extends fc.Arbitrary<infer T> ? T : never;

interface Parts {
  major: number | bigint;
  minor: number | bigint;
}

interface Content {
  payload_url: string;
  checksum: string;
  size: number | null;
  revision: string | null;
}

interface Item {
  payload_type: string;
  difference: string;
  first: Content | null;
  second: Content | null;
  range: { from: Parts; until: Parts | null };
}

interface Page {
  items: Item[];
  next: string | null;
}

/** Payload type → what is valid. */
type Answers = Record<string, Content>;

describe.each(['continuous', 'discrete'] as const)('In %s mode', (iovMode) => {
  let server: TestServer;
  let tags = 0;

  beforeAll(async () => {
    server = await startServer({ iovMode });
    await sql(
      server.connection,
      `ALTER TABLE "PayloadIOV" DROP CONSTRAINT payload_iov_interval_ck;
       INSERT INTO "PayloadType" (name)
         VALUES ${TYPES.map((type) => `('${type}')`).join(', ')}, ('Elsewhere')`,
    );
  });

  afterAll(() => server.stop());

  async function tagWith(payloads: Rows): Promise<string> {
    const tag = `T ${++tags}/ü`;
    const types = TYPES.filter((name) => payloads.some(({ type }) => type === name));
    await sql(
      server.connection,
      `INSERT INTO "GlobalTag" (name, status_id)
         SELECT '${tag}', id FROM "GlobalTagStatus" WHERE name = 'unlocked';
       INSERT INTO "PayloadList" (id, name, global_tag_id, payload_type_id)
         SELECT g.id * 10 + t.id, t.name || '_' || g.id, g.id, t.id
           FROM "PayloadType" t, "GlobalTag" g
          WHERE g.name = '${tag}' AND t.name IN ('', ${types.map((name) => `'${name}'`).join(', ') || "''"});
       ${payloads
         .map(({ type, start, end, url, size }) => {
           const [from, to] = [momentAt(start), momentAt(end)];
           return `INSERT INTO "PayloadIOV" (payload_url, checksum, size, major_iov, minor_iov,
                     major_iov_end, minor_iov_end, payload_list_id)
                   SELECT '${url}', '', ${size}, ${from.major}, ${from.minor}, ${to.major},
                          ${to.minor}, l.id FROM ${listOf(tag, type)};`;
         })
         .join('')}`,
    );
    return tag;
  }

  const pathOf = (first: string, second: string): string =>
    `global-tags/${encodeURIComponent(first)}/diff/${encodeURIComponent(second)}`;

  /** What the tag resolves to at each of the probes. */
  async function resolved(tag: string): Promise<Answers[]> {
    const path = `global-tags/${encodeURIComponent(tag)}/payloads/at`;
    const { status, body } = await server.native.post(path, { moments: PROBES.map(momentAt) });
    expect(status).toBe(200);
    const found = new Map<bigint, Answers>();
    for (const { moments, payloads } of (
      body as { answers: { moments: Parts[]; payloads: Answers }[] }
    ).answers) {
      const answers = Object.fromEntries(
        Object.entries(payloads).map(([type, { payload_url, checksum, size, revision }]) => [
          type,
          { payload_url, checksum, size, revision },
        ]),
      );
      for (const moment of moments) found.set(lineOf(moment), answers);
    }
    return PROBES.map((probe) => found.get(probe) ?? {});
  }

  /** What differs at a probe, by type. */
  function differing(first: Answers, second: Answers): Omit<Item, 'range'>[] {
    return TYPES.toSorted().flatMap((type) => {
      const [a, b] = [first[type] ?? null, second[type] ?? null];
      if (JSON.stringify(a) === JSON.stringify(b)) return [];
      const difference = b === null ? 'only_first' : a === null ? 'only_second' : 'different';
      return [{ payload_type: type, difference, first: a, second: b }];
    });
  }

  /** From probe to probe: each moment at which anything can change is one. */
  function expected(
    first: Answers[],
    second: Answers[],
    from: bigint,
    end: bigint | null,
  ): unknown[] {
    return TYPES.toSorted().flatMap((type) => {
      const found: { item: object; from: bigint; until: bigint | null }[] = [];
      let before = '';
      for (const [i, probe] of PROBES.entries()) {
        if (probe < from || (end !== null && probe >= end)) continue;
        const [item] = differing(first[i] ?? {}, second[i] ?? {}).filter(
          ({ payload_type }) => payload_type === type,
        );
        const until = PROBES[i + 1] ?? null;
        const bounded = end !== null && (until === null || until > end) ? end : until;
        const now = JSON.stringify(item ?? null);
        const last = found.at(-1);
        if (item !== undefined && now === before && last !== undefined) last.until = bounded;
        else if (item !== undefined) found.push({ item, from: probe, until: bounded });
        before = now;
      }
      return found.map(({ item, ...range }) => ({
        ...item,
        from: range.from,
        until: range.until === null || iovMode === 'continuous' ? range.until : range.until - 1n,
      }));
    });
  }

  const shown = ({ range, ...item }: Item): unknown => ({
    ...item,
    from: lineOf(range.from),
    until: range.until && lineOf(range.until),
  });

  async function lines(path: string): Promise<Item[]> {
    const accept = 'application/x-ndjson';
    const { status, headers, text } = await server.native.get(path, { headers: { accept } });
    expect([status, headers.get('content-type')]).toEqual([200, accept]);
    return text
      .split('\n')
      .filter(Boolean)
      .map((each) => parseExactly(each) as Item);
  }

  async function paged(path: string): Promise<Item[]> {
    const items: Item[] = [];
    for (let next: string | null = path; next !== null;) {
      const { status, body } = await server.native.get(next);
      expect(status).toBe(200);
      const page = body as Page;
      items.push(...page.items);
      next = page.next?.replace('/api/v1/', '') ?? null;
    }
    return items;
  }

  it('it tells what the two tags resolve to differently, at each moment and in each range', async () => {
    await fc.assert(
      fc.asyncProperty(
        rows,
        rows,
        fc.boolean(),
        fc.tuple(moments, moments).map(([a, b]) => (a < b ? [a, b] : [b, a])),
        fc.integer({ min: 1, max: 3 }),
        async (some, others, related, [from = 0n, to = 0n], pageSize) => {
          const first = await tagWith(some);
          const second = await tagWith(related ? [...some, ...others.slice(0, 2)] : others);
          const [a, b] = [await resolved(first), await resolved(second)];
          const path = pathOf(first, second);

          for (const [i, probe] of PROBES.entries()) {
            const { major, minor } = momentAt(probe);
            const { body } = await server.native.get(`${path}/at?major=${major}&minor=${minor}`);
            expect(body).toMatchObject({ first, second });
            expect((body as Page).items).toEqual(differing(a[i] ?? {}, b[i] ?? {}));
          }

          const all = expected(a, b, 0n, null);
          expect((await lines(path)).map(shown)).toEqual(all);
          expect((await paged(`${path}?page_size=${pageSize}`)).map(shown)).toEqual(all);

          const end = to === LAST ? null : iovMode === 'discrete' ? to + 1n : to;
          const [x, y] = [momentAt(from), momentAt(to)];
          const range = `from_major=${x.major}&from_minor=${x.minor}&until_major=${y.major}&until_minor=${y.minor}`;
          const part = expected(a, b, from, end);
          expect((await lines(`${path}?${range}`)).map(shown)).toEqual(part);
          expect((await paged(`${path}?${range}&page_size=${pageSize}`)).map(shown)).toEqual(part);
          expect((await lines(`${path}?${range}&payload_type=Beam`)).map(shown)).toEqual(
            part.filter((item) => (item as Item).payload_type === 'Beam'),
          );
        },
      ),
      { numRuns: 8, seed: 20261123 },
    );
  });

  it('a tag differs neither from itself nor from its clone', async () => {
    const start = line({ major: 0n, minor: 3n });
    const tag = await tagWith([{ type: 'Beam', start, end: LAST, url: 'a', size: '1' }]);
    const clone = { name: `Clone_${iovMode}` };
    await server.native.post(`global-tags/${encodeURIComponent(tag)}/clone`, clone);
    for (const other of [tag, clone.name]) {
      const { body } = await server.native.get(pathOf(tag, other));
      expect(body).toEqual({ first: tag, second: other, items: [], page_size: 25, next: null });
    }
  });

  it('what is not there is a 404, what makes no sense a 400', async () => {
    const tag = await tagWith([]);
    const ask = (query: string, name = tag, other = tag) =>
      server.native.get(`${pathOf(name, other)}${query}`);
    for (const query of ['', '/at?major=0&minor=0']) {
      expectProblem(await ask(query, 'Nope'), 'global-tag-not-found');
      expectProblem(await ask(query, tag, 'Nope'), 'global-tag-not-found');
    }
    expectProblem(await ask('?payload_type=Nope'), 'payload-type-not-found');
    expectProblem(await ask('/at?major=0&minor=0&payload_type=Nope'), 'payload-type-not-found');
    expect((await ask('?payload_type=Elsewhere')).body).toMatchObject({ items: [], next: null });
    expectInvalid(await ask('?from_minor=5&until_minor=4'), 'until_major');
    expectInvalid(await ask('?from_major=-1&until_minor=x'), 'from_major', 'until_minor');
    expectInvalid(await ask('?after=1.2'), 'after');
    expectInvalid(await ask('?page_size=0'), 'page_size');
    expectInvalid(await ask('/at'), 'major', 'minor');
  });
});

function lineOf({ major, minor }: Parts): bigint {
  return line({ major: BigInt(major), minor: BigInt(minor) });
}
