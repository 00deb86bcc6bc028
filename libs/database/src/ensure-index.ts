import { type QueryRunner } from 'typeorm';
import { type Log } from './database-connection.js';
import { type NamedIndex } from './named-constraints.js';
import { rowsOf } from './rows-of.js';

/** From here on building an index takes long enough to be announced. */
const LARGE_MB = 10;

/**
 * Builds an index that is missing while readers and writers go on. An interrupted build leaves an
 * index that is kept up but never used: it is dropped and built again.
 */
export async function ensureIndex(
  queryRunner: QueryRunner,
  { name, table, keys }: NamedIndex,
  log: Log,
  kind: 'unique' | 'plain' = 'plain',
): Promise<void> {
  const [found] = await rowsOf<{ valid: boolean }>(
    queryRunner,
    'SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass($1)',
    [name],
  );
  if (found?.valid) return;
  if (found) {
    log.info(`Index ${name} is left from an interrupted build: building it again`);
    await queryRunner.query(`DROP INDEX CONCURRENTLY ${name}`);
  }
  const [size] = await rowsOf<{ mb: number }>(
    queryRunner,
    'SELECT (pg_relation_size(to_regclass($1)) / 1000000)::int AS mb',
    [`"${table}"`],
  );
  const mb = size?.mb ?? 0;
  const large = mb >= LARGE_MB;
  if (large) {
    log.info(`Building index ${name} on ${mb} MB of rows; readers and writers go on meanwhile`);
  }
  const unique = kind === 'unique' ? 'UNIQUE' : '';
  await queryRunner.query(`CREATE ${unique} INDEX CONCURRENTLY ${name} ON "${table}" (${keys})`);
  if (large) log.info(`Index ${name} is built`);
}
