import { type QueryRunner } from 'typeorm';
import { type Log } from './database-connection.js';
import { type NamedIndex } from './named-constraints.js';
import { rowsOf } from './rows-of.js';

/** From here on building an index takes long enough to be announced. */
const MANY_ROWS = 100_000;

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
  const [size] = await rowsOf<{ rows: number }>(
    queryRunner,
    'SELECT reltuples::float8 AS rows FROM pg_class WHERE oid = to_regclass($1)',
    [`"${table}"`],
  );
  const rows = size?.rows ?? 0;
  if (rows >= MANY_ROWS) {
    log.info(`Building index ${name} on about ${rows} rows; readers and writers go on meanwhile`);
  }
  const unique = kind === 'unique' ? 'UNIQUE' : '';
  await queryRunner.query(`CREATE ${unique} INDEX CONCURRENTLY ${name} ON "${table}" (${keys})`);
  if (rows >= MANY_ROWS) log.info(`Index ${name} is built`);
}
