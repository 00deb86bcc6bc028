import { beforeAll, describe, expect, it } from '@jest/globals';
import { type DatabaseConnection } from '#database';
import { PIECES_OF_BOTH } from '../apps/api/src/global-tag-diff/diff.sql.js';
import { PAYLOADS_BETWEEN } from '../apps/api/src/iov-query/between.sql.js';
import { RESOLVE_OBJECTS, RESOLVE_ROWS } from '../apps/api/src/iov-query/iov-query.sql.js';
import { RESOLVE_TAG } from '../apps/api/src/iov-query/resolve-tag.sql.js';
import {
  ANSWERING_IN_RANGES,
  DETACH_RANGES,
  DETACH_STARTS,
  NEIGHBOURS,
} from '../apps/api/src/payload-iov/insertion.sql.js';
import { createDatabase, sql } from './postgres.js';

/** A node of a plan, as `EXPLAIN (FORMAT JSON)` tells it. */
interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  'Rows Removed by Filter'?: number;
  'Actual Rows': number;
  'Actual Loops': number;
  Plans?: PlanNode[];
}

const LISTS = 20;
const PAYLOADS = 50_000;

/** Two of the lists are short, so that the lists are not all alike to the planner. */
const CONTENT = `
INSERT INTO "GlobalTag" (name, status_id)
  SELECT 'T', id FROM "GlobalTagStatus" WHERE name = 'unlocked';
INSERT INTO "PayloadType" (name) SELECT 'Type_' || n FROM generate_series(1, ${LISTS}) AS n;
INSERT INTO "PayloadList" (id, name, global_tag_id, payload_type_id)
  SELECT 1000 + t.id, t.name || '_list', g.id, t.id FROM "PayloadType" t, "GlobalTag" g;
INSERT INTO "PayloadIOV" (payload_url, checksum, major_iov, minor_iov, major_iov_end,
                          minor_iov_end, payload_list_id)
  SELECT 'file_' || n, md5(n::text), 0, n, ${2n ** 63n - 1n}, ${2n ** 63n - 1n},
         (SELECT min(id) FROM "PayloadList") + CASE WHEN n <= 20 THEN n % 2 ELSE 2 + n % 18 END
    FROM generate_series(1, ${PAYLOADS}) AS n;
ANALYZE`;

let connection: DatabaseConnection;
/** The first of the long lists. */
let list: string;

beforeAll(async () => {
  connection = await createDatabase();
  await sql(connection, CONTENT);
  const [row] = await sql<{ id: string }>(
    connection,
    'SELECT payload_list_id AS id FROM "PayloadIOV" GROUP BY 1 HAVING count(*) > 20 ORDER BY 1 LIMIT 1',
  );
  list = row?.id ?? '';
});

/** What was done when the prepared statement ran. */
async function planNodes(text: string, values: string, mode: string): Promise<PlanNode[]> {
  const [row] = await sql<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
    connection,
    `SET plan_cache_mode = ${mode};
     PREPARE statement AS ${text};
     EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE statement (${values})`,
  );
  const root = row?.['QUERY PLAN'][0].Plan;
  return root === undefined ? [] : nodesOf(root);
}

/** What of it read payloads. */
async function payloadNodes(text: string, values: string, mode: string): Promise<PlanNode[]> {
  const nodes = await planNodes(text, values, mode);
  return nodes.filter((node) => READS.has(node['Node Type']) && isOfPayloads(node));
}

/** An update reads first. */
const READS = new Set(['Seq Scan', 'Index Scan', 'Index Only Scan', 'Bitmap Heap Scan']);

const isOfPayloads = (node: PlanNode): boolean => node['Relation Name'] === 'PayloadIOV';

const MODES = ['force_generic_plan', 'force_custom_plan'];
const moments = [0, 10, PAYLOADS / 2, PAYLOADS * 2];

describe('The plan of an insertion', () => {
  const around = (minor: number) => `'{${list},${list}}', '{0,0}', '{${minor},${minor + 1}}'`;
  /** Ten payloads of the list start there. */
  const [first, last] = [PAYLOADS / 2, PAYLOADS / 2 + 179];
  const range = (from: number, to: number) =>
    `'{${list}}', '{0}', '{${from}}', '{0}', '{${to}}', '{}'`;
  const nowhere = () => range(PAYLOADS * 2, PAYLOADS * 3);

  it.each(MODES)('finds neighbours by one step down the index each (%s)', async (mode) => {
    for (const minor of moments) {
      const nodes = await payloadNodes(NEIGHBOURS.text, around(minor), mode);
      expect(nodes).toHaveLength(2);
      for (const node of nodes) {
        expectIndex(node);
        expect(node['Actual Loops']).toBe(2);
        expect(node['Actual Rows']).toBeLessThanOrEqual(1);
      }
    }
  });

  it.each([
    ['what answers in a range', ANSWERING_IN_RANGES, () => `${range(first, last)}, false`, 10],
    ['what leaves a range', DETACH_RANGES, nowhere, 0],
    ['what starts at a moment', DETACH_STARTS, () => around(PAYLOADS * 2), 0],
  ])('reads %s, and no more, from the index', async (_, { text }, values, most) => {
    for (const mode of MODES) {
      const nodes = await payloadNodes(text, values(), mode);
      expect(nodes.length).toBeGreaterThan(0);
      for (const node of nodes) {
        const isBitmap = node['Node Type'] === 'Bitmap Heap Scan';
        const scan = (isBitmap ? node.Plans?.[0] : undefined) ?? node;
        expectIndex(scan);
        expect(scan['Actual Rows'] * scan['Actual Loops']).toBeLessThanOrEqual(most);
      }
    }
  });
});

describe('The plan of a range', () => {
  it.each(MODES)('reads a page of each list from the index (%s)', async (mode) => {
    const page = 25;
    for (const minor of moments) {
      const ever = String(2n ** 63n - 1n);
      const values = `'T', NULL, false, 0, ${minor}, NULL, NULL, ${ever}, ${ever}, NULL, NULL, NULL, NULL, NULL, ${page}`;
      const nodes = await payloadNodes(PAYLOADS_BETWEEN.text, values, mode);
      expect(nodes).toHaveLength(2);
      for (const node of nodes) {
        expectIndex(node);
        expect(node['Actual Loops']).toBeLessThanOrEqual(LISTS);
        // One more tells where the last one ends, and another that no more start with it.
        expect(node['Actual Rows']).toBeLessThanOrEqual(page + 2);
      }
    }
  });
});

describe('The plan of a comparison', () => {
  it.each(MODES)('merges what it reads of both lists from the index (%s)', async (mode) => {
    const ever = String(2n ** 63n - 1n);
    const from = PAYLOADS - 1000;
    const values = `${list}, ${Number(list) + 1}, false, 0, ${from}, NULL, NULL, ${ever}, ${ever}`;
    const nodes = await planNodes(PIECES_OF_BOTH.text, values, mode);
    expect(nodes.map((node) => node['Node Type'])).not.toContain('Sort');
    const reads = nodes.filter(isOfPayloads);
    expect(reads).toHaveLength(6);
    for (const node of reads) {
      expectIndex(node);
      expect(node['Actual Rows'] * node['Actual Loops']).toBeLessThan(100);
    }
  });
});

function expectIndex(node: PlanNode): void {
  expect(node).toMatchObject({
    'Index Name': 'payload_iov_resolve_idx',
    'Index Cond': expect.stringMatching(/payload_list_id = .*major_iov.*minor_iov/),
  });
  expect(node['Rows Removed by Filter'] ?? 0).toBe(0);
}

describe('The plan of a resolve', () => {
  const statements = [
    ['of rows', RESOLVE_ROWS.text, (minor: number) => `'T', 0, ${minor}`],
    ['of objects', RESOLVE_OBJECTS.text, (minor: number) => `'T', 0, ${minor}`],
    ['with ends', RESOLVE_TAG.text, (minor: number) => `'T', '{0}', '{${minor}}', false, NULL`],
  ] as const;

  const cases = statements.flatMap((statement) =>
    MODES.map((mode) => [...statement, mode] as const),
  );

  it.each(cases)(
    '%s is two steps down the index for each list (%#)',
    async (_, text, values, mode) => {
      for (const minor of moments) {
        const nodes = await payloadNodes(text, values(minor), mode);
        expect(nodes.length).toBeGreaterThanOrEqual(2);
        for (const node of nodes) {
          expectIndex(node);
          expect(node['Actual Loops']).toBeLessThanOrEqual(LISTS);
          expect(node['Actual Rows']).toBeLessThanOrEqual(1);
        }
      }
    },
  );

  it('reads the whole table where the index is away', async () => {
    await sql(connection, 'DROP INDEX payload_iov_resolve_idx');
    const nodes = await payloadNodes(RESOLVE_ROWS.text, `'T', 0, 10`, 'force_custom_plan');
    expect(nodes.map((node) => node['Index Name'])).not.toContain('payload_iov_resolve_idx');
  });
});

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}
