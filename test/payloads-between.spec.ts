/** `GET /global-tags/{name}/payloads/between`: what is valid somewhere in a range, and where. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { line, momentAt } from './answers-model.js';
import { type HttpClient } from './http-client.js';
import { listOf, MemoryAndSql } from './memory-and-sql.js';
import { expectInvalid, expectProblem } from './native-problem.js';
import { parseExactly } from './json.js';
import { type TestServer } from './server.js';

const MAX = 2n ** 63n - 1n;
const LAST = line({ major: MAX, minor: MAX });
const TYPES = ['Beam', 'Field'];

const MOMENTS: bigint[] = [
  ...[0n, 1n, 2n, 3n, 4n, 5n, MAX].map((minor) => line({ major: 0n, minor })),
  ...[0n, 3n].map((minor) => line({ major: 1n, minor })),
  line({ major: MAX, minor: MAX - 1n }),
  LAST,
];

const moments = fc.constantFrom(...MOMENTS);
/** Ends may come before starts, and starts meet: adopted data has both. */
const rows = fc.array(
  fc.record({
    list: fc.nat({ max: TYPES.length - 1 }),
    start: moments,
    end: fc.oneof(moments, fc.constant(LAST)),
  }),
  { maxLength: 10 },
);
const ranges = fc.tuple(moments, moments).map(([a, b]) => (a < b ? [a, b] : [b, a]));

type Rows = typeof rows extends fc.Arbitrary<infer T> ? T : never;

interface Item {
  payload_type: string;
  payload_url: string;
  from: Parts;
  effective: { from: Parts; until: Parts | null };
}

interface Parts {
  major: number | bigint;
  minor: number | bigint;
}

interface Page {
  items: Item[];
  next: string | null;
}

describe.each(['continuous', 'discrete'] as const)('In %s mode', (iovMode) => {
  let both: MemoryAndSql;
  let memory: TestServer;
  let database: TestServer;

  beforeAll(async () => {
    both = await MemoryAndSql.start(iovMode, TYPES);
    ({ memory, database } = both);
  });

  afterAll(async () => {
    await both.stop();
  });

  function tagWith(payloads: Rows): Promise<string> {
    return both.tagWith((tag) =>
      payloads.map(({ list, start, end }, i) => {
        const [from, to] = [momentAt(start), momentAt(end)];
        return `INSERT INTO "PayloadIOV" (payload_url, checksum, major_iov, minor_iov,
                  major_iov_end, minor_iov_end, payload_list_id)
                SELECT '${i}', '', ${from.major}, ${from.minor}, ${to.major}, ${to.minor}, l.id
                  FROM ${listOf(tag, TYPES[list] ?? '')};`;
      }),
    );
  }

  /** Row by row, from the rule: the latest start answers if its end is not reached. */
  function expected(payloads: Rows, from: bigint, end: bigint | null): unknown[] {
    const found: { start: bigint; list: number; item: unknown }[] = [];
    for (const [i, { list, start, end: stored }] of payloads.entries()) {
      const others = payloads.flatMap((other, n) =>
        other.list === list && (other.start > start || (other.start === start && n > i))
          ? other.start
          : [],
      );
      const bounds = [
        ...others,
        ...(stored === LAST ? [] : [iovMode === 'discrete' ? stored + 1n : stored]),
        ...(end === null ? [] : [end]),
      ];
      const last = bounds.length === 0 ? null : bounds.reduce((a, b) => (a < b ? a : b));
      const begin = start > from ? start : from;
      if (last !== null && last <= begin) continue;
      const shown = last === null || iovMode === 'continuous' ? last : last - 1n;
      const item = [TYPES[list], String(i), String(begin), shown === null ? null : String(shown)];
      found.push({ start, list, item });
    }
    return found
      .sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : a.list - b.list))
      .map(({ item }) => item);
  }

  const shown = ({ payload_type, payload_url, effective }: Item): unknown[] => [
    payload_type,
    payload_url,
    lineOf(effective.from),
    effective.until && lineOf(effective.until),
  ];

  async function paged(client: HttpClient, path: string): Promise<Item[]> {
    const items: Item[] = [];
    for (let next: string | null = path; next !== null;) {
      const { status, body } = await client.get(next);
      expect(status).toBe(200);
      const page = body as Page;
      items.push(...page.items);
      next = page.next?.replace('/api/v1/', '') ?? null;
    }
    return items;
  }

  async function lines(client: HttpClient, path: string): Promise<string> {
    const accept = 'application/x-ndjson';
    const { status, headers, text } = await client.get(path, { headers: { accept } });
    expect([status, headers.get('content-type'), headers.get('vary')]).toEqual([
      200,
      accept,
      'accept, accept-encoding',
    ]);
    return text;
  }

  it('every payload is told with where it is valid, page by page and line by line', async () => {
    await fc.assert(
      fc.asyncProperty(
        rows,
        ranges,
        fc.boolean(),
        fc.constantFrom(undefined, ...TYPES),
        fc.integer({ min: 1, max: 3 }),
        async (payloads, [first = 0n, last = 0n], isBounded, type, pageSize) => {
          const tag = await tagWith(payloads);
          const [from, to] = [momentAt(first), momentAt(last)];
          const range =
            `from_major=${from.major}&from_minor=${from.minor}` +
            (isBounded ? `&until_major=${to.major}&until_minor=${to.minor}` : '') +
            (type === undefined ? '' : `&payload_type=${type}`);
          const path = `global-tags/${tag}/payloads/between?${range}`;
          const isOpen = !isBounded || last === LAST;
          const end = isOpen ? null : iovMode === 'discrete' ? last + 1n : last;
          const right = expected(payloads, first, end).filter(
            (item) => type === undefined || (item as string[])[0] === type,
          );
          const written = await lines(memory.native, path);
          expect(await lines(database.native, path)).toBe(written);
          const all = written
            .split('\n')
            .filter(Boolean)
            .map((text) => parseExactly(text) as Item);
          expect(all.map(shown)).toEqual(right);
          for (const { native } of [memory, database]) {
            expect(await paged(native, `${path}&page_size=${pageSize}`)).toEqual(all);
          }
        },
      ),
      { numRuns: 40, seed: 20261122 },
    );
  });

  it('what is not there is a 404, what makes no sense a 400', async () => {
    const tag = await tagWith([]);
    for (const { native } of [memory, database]) {
      const ask = (query: string, name = tag) =>
        native.get(`global-tags/${name}/payloads/between?${query}`);
      const from = 'from_major=0&from_minor=5';
      expect((await ask(from)).body).toEqual({ items: [], page_size: 25, next: null });
      expect((await ask(`${from}&payload_type=Elsewhere`)).body).toMatchObject({ items: [] });
      expectProblem(await ask(from, 'Nope'), 'global-tag-not-found');
      expectProblem(await ask(`${from}&payload_type=Nope`), 'payload-type-not-found');
      expectInvalid(await ask(''), 'from_major', 'from_minor');
      expect((await ask(`${from}&until_major=0`)).status).toBe(200);
      expect((await ask(`${from}&until_minor=5`)).status).toBe(200);
      expectInvalid(await ask(`${from}&until_major=0&until_minor=4`), 'until_major');
      expectInvalid(await ask(`${from}&after=1.2`), 'after');
      expectInvalid(await ask(`${from}&page_size=1001`), 'page_size');
      expectInvalid(await ask('from_major=a&from_minor=-1'), 'from_major', 'from_minor');
    }
  });
});

function lineOf({ major, minor }: Parts): string {
  return String(line({ major: BigInt(major), minor: BigInt(minor) }));
}
