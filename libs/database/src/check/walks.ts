import { type QueryRunner } from 'typeorm';
import { type IovMode } from '#iov';
import { rowsOf } from '../rows-of.js';
import {
  type Broken,
  EXAMPLES,
  type ListPromise,
  type PayloadPromise,
} from './database-promise.js';

/** Writers wait for as many at most while they are repaired. */
const PAYLOADS_AT_ONCE = 20_000;
const LISTS_AT_ONCE = 20;

export interface Walked extends Broken {
  readonly repaired: number;
}

interface Step {
  last: string | null;
  rows: number;
  /** For each promise, in order. */
  counts: number[];
  examples: (string[] | null)[];
}

/**
 * All payloads by their ids, some at a time.
 * @param advance is told how many more were walked
 */
export async function walkPayloads(
  database: QueryRunner,
  promises: readonly PayloadPromise[],
  { mode, repair, advance }: WalkOptions,
): Promise<Map<PayloadPromise, Walked>> {
  const found = new Findings(promises);
  const conditions = promises.map(({ broken }) => broken(mode));
  const statement = `
    SELECT max(p.id)::text AS last, count(*)::int AS rows, ${tallies(conditions)}
      FROM (SELECT * FROM "PayloadIOV" WHERE id > $1 ORDER BY id LIMIT ${PAYLOADS_AT_ONCE}) p
      LEFT JOIN "PayloadList" l ON l.id = p.payload_list_id`;
  for (let from = '-9223372036854775808'; ;) {
    const [step] = await rowsOf<Step>(database, statement, [from]);
    if (step?.last == null) return found.all;
    found.add(step);
    for (const [index, promise] of promises.entries()) {
      if (!repair || promise.repair === undefined || step.counts[index] === 0) continue;
      const repaired = await database.query(
        `UPDATE "PayloadIOV" AS p SET ${promise.repair}
          WHERE p.id > $1 AND p.id <= $2 AND (${conditions[index] ?? ''})`,
        [from, step.last],
        true,
      );
      found.repaired(promise, repaired.affected ?? 0);
    }
    from = step.last;
    advance(step.rows);
  }
}

/** All lists by their ids, some at a time, each with its payloads by their starts. */
export async function walkLists(
  database: QueryRunner,
  promises: readonly ListPromise[],
  { mode, advance }: WalkOptions,
): Promise<Map<ListPromise, Walked>> {
  const found = new Findings(promises);
  const statement = `
    WITH lists AS MATERIALIZED (
      SELECT id FROM "PayloadList" WHERE id > $1 ORDER BY id LIMIT ${LISTS_AT_ONCE}
    )
    SELECT (SELECT max(id)::text FROM lists) AS last, count(*)::int AS rows,
           ${tallies(promises.map(({ broken }) => broken(mode)))}
      FROM (SELECT p.*, lead(p.major_iov) OVER w AS next_major, lead(p.minor_iov) OVER w AS next_minor
              FROM "PayloadIOV" p WHERE p.payload_list_id IN (SELECT id FROM lists)
            WINDOW w AS (PARTITION BY p.payload_list_id ORDER BY p.major_iov, p.minor_iov, p.id)) p`;
  for (let from = '-9223372036854775808'; ;) {
    const [step] = await rowsOf<Step>(database, statement, [from]);
    if (step?.last == null) return found.all;
    found.add(step);
    from = step.last;
    advance(step.rows);
  }
}

export interface WalkOptions {
  readonly mode: IovMode;
  readonly repair: boolean;
  readonly advance: (rows: number) => void;
}

function tallies(conditions: readonly string[]): string {
  const counts = conditions.map((broken) => `count(*) FILTER (WHERE ${broken})::int`);
  const examples = conditions.map(
    (broken) =>
      `to_jsonb((array_agg(p.id::text ORDER BY p.id) FILTER (WHERE ${broken}))[1:${EXAMPLES}])`,
  );
  return `ARRAY[${counts.join(', ')}] AS counts, jsonb_build_array(${examples.join(', ')}) AS examples`;
}

/** What was found so far, for each promise. */
class Findings<Promised> {
  readonly all: Map<Promised, { count: number; examples: string[]; repaired: number }>;

  constructor(private readonly promises: readonly Promised[]) {
    this.all = new Map(
      promises.map((promise) => [promise, { count: 0, examples: [], repaired: 0 }]),
    );
  }

  add({ counts, examples }: Step): void {
    for (const [index, promise] of this.promises.entries()) {
      const found = this.all.get(promise);
      if (found === undefined) continue;
      found.count += counts[index] ?? 0;
      found.examples.push(...(examples[index] ?? []).slice(0, EXAMPLES - found.examples.length));
    }
  }

  repaired(promise: Promised, rows: number): void {
    const found = this.all.get(promise);
    if (found !== undefined) found.repaired += rows;
  }
}
