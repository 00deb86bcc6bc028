import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { contentOf, exported, imported } from './exported-tag.js';
import { sql } from './postgres.js';
import { startServer, type TestServer } from './server.js';

const INT64_MAX = 2n ** 63n - 1n;
const TYPES = ['Beam', 'Gäins', 'Two words'];

/** Few values, so that starts meet, and the extremes. */
const part = fc.oneof(
  fc.bigInt({ min: 0n, max: 3n }),
  fc.constantFrom(2n ** 53n + 1n, INT64_MAX - 1n, INT64_MAX),
);
const text = fc.oneof(
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .filter((each) => !each.includes('\0')),
  fc.constantFrom(' ', '\\N', 'a\tb\n\r\\', '"', '𝄞', 'x'.repeat(255)),
);
const moment = fc.tuple(part, part);

/** Any interval that the tables can hold; overlapping as it comes. */
const interval = fc
  .tuple(moment, fc.oneof(moment, fc.constant([INT64_MAX, INT64_MAX] as const)))
  .map((ends) => {
    const [[a, b], [c, d]] = ends;
    return a < c || (a === c && b <= d) ? [a, b, c, d] : [c, d, a, b];
  });

const payload = fc.record({
  url: text,
  checksum: text,
  size: fc.option(part),
  revision: fc.option(fc.oneof(text, fc.constant(''))),
  interval,
});

const tag = fc.record({
  author: fc.option(fc.string({ maxLength: 20 }).filter((each) => !each.includes('\0'))),
  description: fc.option(text),
  status: fc.constantFrom('unlocked', 'locked', 'frozen'),
  lists: fc.subarray(TYPES).chain((types) =>
    fc.tuple(
      ...types.map((type) =>
        fc.record({
          type: fc.constant(type),
          description: fc.option(text),
          payloads: fc.array(payload, { maxLength: 12 }),
        }),
      ),
    ),
  ),
});

const ADD_TAG = `
INSERT INTO "GlobalTag" (name, author, description, status_id)
SELECT $1, $2, $3, id FROM "GlobalTagStatus" WHERE name = $4`;

const ADD_LIST = `
WITH fresh AS (INSERT INTO "PayloadListIdSequence" DEFAULT VALUES RETURNING id)
INSERT INTO "PayloadList" (id, name, description, global_tag_id, payload_type_id)
SELECT f.id, t.name || '_' || f.id, $3, g.id, t.id
  FROM fresh f, "GlobalTag" g, "PayloadType" t WHERE g.name = $1 AND t.name = $2
RETURNING id`;

const ADD_PAYLOADS = `
INSERT INTO "PayloadIOV" (payload_list_id, payload_url, checksum, size, extra, major_iov, minor_iov,
                          major_iov_end, minor_iov_end)
SELECT $1, p.* FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[],
                           $8::bigint[], $9::bigint[]) AS p`;

describe('A tag that is exported and imported', () => {
  let server: TestServer;
  let made = 0;

  beforeAll(async () => {
    server = await startServer();
    for (const name of TYPES)
      await server.native.post('payload-types', { name, description: name });
  });
  afterAll(() => server.stop());

  /** As bulk loads and years leave it, whatever the rules of insertion. */
  async function store(name: string, { author, description, status, lists }: Tag): Promise<void> {
    await sql(server.connection, ADD_TAG, [name, author, description, status]);
    for (const { type, description, payloads } of lists) {
      const [list] = await sql<{ id: string }>(server.connection, ADD_LIST, [
        name,
        type,
        description,
      ]);
      await sql(server.connection, ADD_PAYLOADS, [
        list?.id,
        payloads.map(({ url }) => url),
        payloads.map(({ checksum }) => checksum),
        payloads.map(({ size }) => size),
        payloads.map(({ revision }) => revision),
        ...[0, 1, 2, 3].map((column) => payloads.map(({ interval }) => interval[column])),
      ]);
    }
  }

  type Tag = typeof tag extends fc.Arbitrary<infer T> ? T : never;

  /** What it answers at a moment, apart from numbers and names. */
  async function answers(name: string): Promise<object> {
    const path = `global-tags/${encodeURIComponent(name)}/payloads/at?major=2&minor=2`;
    const { payloads, missing, window } = (await server.native.get(path)).body as {
      payloads: Record<string, object>;
      missing: string[];
      window: object;
    };
    const valid = Object.entries(payloads).map(([type, each]) => [
      type,
      { ...each, id: 0, payload_list: '' },
    ]);
    return { valid, missing, window };
  }

  it('is the same but for names and times, and answers the same', async () => {
    await fc.assert(
      fc.asyncProperty(tag, async (content) => {
        const name = `Tag ${++made}`;
        await store(name, content);
        const file = await exported(server.native, name);
        expect((await imported(server.native, `${name} again`, file)).status).toBe(201);
        expect(contentOf(await exported(server.native, `${name} again`))).toEqual(contentOf(file));
        const [before, after] = await Promise.all([answers(name), answers(`${name} again`)]);
        expect(after).toEqual(before);
      }),
      { numRuns: 30 },
    );
  });

  it('has the comb_iov, and the counts, of what it holds', async () => {
    const wrong = await sql(
      server.connection,
      `SELECT p.id FROM "PayloadIOV" p JOIN "PayloadList" l ON l.id = p.payload_list_id
        WHERE l.global_tag_id IN (SELECT id FROM "GlobalTag" WHERE name LIKE '%again')
          AND comb_iov IS DISTINCT FROM major_iov + minor_iov * 0.0000000000000000001`,
    );
    expect(wrong).toEqual([]);
    const miscounted = await sql(
      server.connection,
      `SELECT r.* FROM "GlobalTagRevision" r
        WHERE payload_lists_count <> (SELECT count(*) FROM "PayloadList" l WHERE l.global_tag_id = r.global_tag_id)
           OR payload_iov_count <> (SELECT count(*) FROM "PayloadList" l JOIN "PayloadIOV" p
                ON p.payload_list_id = l.id WHERE l.global_tag_id = r.global_tag_id)`,
    );
    expect(miscounted).toEqual([]);
  });
});
