import { type QueryRunner } from 'typeorm';
import { rowsOf } from '../rows-of.js';
import { type Broken, EXAMPLES } from './database-promise.js';

/** @param select tells each thing that is broken by a text, `example` */
export async function brokenRows(database: QueryRunner, select: string): Promise<Broken> {
  const [found] = await rowsOf<{ count: number; examples: string[] | null }>(
    database,
    `SELECT count(*)::int AS count, (array_agg(example ORDER BY example))[1:${EXAMPLES}] AS examples
       FROM (${select}) AS broken`,
  );
  return { count: found?.count ?? 0, examples: found?.examples ?? [] };
}

export function brokenList(examples: readonly string[]): Broken {
  return { count: examples.length, examples: examples.slice(0, EXAMPLES) };
}
