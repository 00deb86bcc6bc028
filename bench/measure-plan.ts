import { Client } from 'pg';
import { RESOLVE_ROWS } from '../apps/api/src/iov-query/iov-query.sql.js';
import { type Bench, type Section } from './bench.js';
import { formatCount } from './format.js';
import { PATTERNS, nextMoment } from './moments.js';
import { seededRandom } from './random.js';
import { largestOf } from './scenarios.js';

const INDEX = 'payload_iov_resolve_idx';
const TABLE = 'PayloadIOV';
const MODES = ['force_generic_plan', 'force_custom_plan'];

/** A node of a plan, as `EXPLAIN (FORMAT JSON)` tells it. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** How PostgreSQL means to run the resolve among all payloads that are loaded. */
export async function measurePlan(bench: Bench): Promise<Section> {
  const plans = await plansOf(bench);
  const scans = plans.flatMap((plan) =>
    nodesOf(plan).filter((node) => node['Relation Name'] === TABLE),
  );
  const found = [...new Set(scans.map(describe))].join(', ');
  const payloads = await countPayloads(bench);
  const good = scans.length >= plans.length && scans.every(goesDownIndex);
  if (!good) bench.failures.push(`The resolve does not only go down ${INDEX}: ${found}.`);
  return {
    title: 'The plan of the resolve',
    markdown: `Among ${formatCount(payloads)} payloads, generic and custom plans for ${PATTERNS.join(', ')} moments: ${found} on "${TABLE}".`,
    figures: { payloads, plans },
    goals: [{ what: 'plan of the resolve', aim: `only ${INDEX}`, got: found, reached: good }],
  };
}

/** The plans of the prepared statement itself, for each kind of plan and of moment. */
async function plansOf(bench: Bench): Promise<PlanNode[]> {
  const { tag } = largestOf(bench.options.scenarios);
  const plans: PlanNode[] = [];
  await withClient(bench, async (client) => {
    await client.query(`PREPARE resolve AS ${RESOLVE_ROWS.text}`);
    for (const mode of MODES) {
      await client.query(`SET plan_cache_mode = ${mode}`);
      for (const pattern of PATTERNS) {
        const { major, minor } = nextMoment(pattern, seededRandom(1));
        const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
          `EXPLAIN (FORMAT JSON) EXECUTE resolve ('${tag}', ${major}, ${minor})`,
        );
        if (rows[0]) plans.push(rows[0]['QUERY PLAN'][0].Plan);
      }
    }
  });
  return plans;
}

async function countPayloads(bench: Bench): Promise<number> {
  let count = 0;
  await withClient(bench, async (client) => {
    const { rows } = await client.query<{ count: string }>(`SELECT count(*) FROM "${TABLE}"`);
    count = Number(rows[0]?.count);
  });
  return count;
}

async function withClient(bench: Bench, use: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client(bench.own?.database);
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

const goesDownIndex = (node: PlanNode): boolean =>
  ['Index Scan', 'Index Only Scan'].includes(node['Node Type']) && node['Index Name'] === INDEX;

const describe = (node: PlanNode): string =>
  node['Node Type'] + (node['Index Name'] === undefined ? '' : ` using ${node['Index Name']}`);
