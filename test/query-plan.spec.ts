import { beforeAll, describe, expect, it } from '@jest/globals';
import { type DatabaseConnection } from '#database';
import { RESOLVE_OBJECTS, RESOLVE_ROWS } from '../apps/api/src/iov-query/iov-query.sql.js';
import { RESOLVE_TAG } from '../apps/api/src/iov-query/resolve-tag.sql.js';
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

describe('The plan of a resolve', () => {
  let connection: DatabaseConnection;

  beforeAll(async () => {
    connection = await createDatabase();
    await sql(connection, CONTENT);
  });

  /** What was done with the payloads when the prepared statement ran. */
  async function payloadNodes(text: string, values: string, mode: string): Promise<PlanNode[]> {
    const [row] = await sql<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      connection,
      `SET plan_cache_mode = ${mode};
       PREPARE resolve AS ${text};
       EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE resolve (${values})`,
    );
    const root = row?.['QUERY PLAN'][0].Plan;
    return root === undefined
      ? []
      : nodesOf(root).filter((node) => node['Relation Name'] === 'PayloadIOV');
  }

  const moments = [0, 10, PAYLOADS / 2, PAYLOADS * 2];

  const statements = [
    ['of rows', RESOLVE_ROWS.text, (minor: number) => `'T', 0, ${minor}`],
    ['of objects', RESOLVE_OBJECTS.text, (minor: number) => `'T', 0, ${minor}`],
    ['with ends', RESOLVE_TAG.text, (minor: number) => `'T', '{0}', '{${minor}}', false, NULL`],
  ] as const;

  const cases = statements.flatMap((statement) =>
    ['force_generic_plan', 'force_custom_plan'].map((mode) => [...statement, mode] as const),
  );

  it.each(cases)(
    '%s is two steps down the index for each list (%#)',
    async (_, text, values, mode) => {
      for (const minor of moments) {
        const nodes = await payloadNodes(text, values(minor), mode);
        expect(nodes.length).toBeGreaterThanOrEqual(2);
        for (const node of nodes) {
          expect(node).toMatchObject({
            'Index Name': 'payload_iov_resolve_idx',
            'Index Cond': expect.stringMatching(/payload_list_id = .*major_iov.*minor_iov/),
          });
          expect(node['Actual Loops']).toBeLessThanOrEqual(LISTS);
          expect(node['Actual Rows']).toBeLessThanOrEqual(1);
          expect(node['Rows Removed by Filter'] ?? 0).toBe(0);
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
