import { type QueryRunner } from 'typeorm';
import { ensureIndex } from './ensure-index.js';
import { type SkippedConstraint } from './migration-report.js';
import {
  CHECK_CONSTRAINTS,
  type CheckConstraint,
  UNIQUE_CONSTRAINTS,
  type UniqueConstraint,
} from './named-constraints.js';
import { rowsOf } from './rows-of.js';
import { withoutQueueing } from './without-queueing.js';
import { errorCode } from './system-error.js';
import { type Log } from './database-connection.js';

const UNIQUE_VIOLATION = '23505';
const CHECK_VIOLATION = '23514';
const IDS_SHOWN = 20;

/**
 * Adds the named constraints that are missing. One that the data breaks is left out and reported;
 * the next call tries again. Readers and writers go on meanwhile.
 */
export async function ensureConstraints(
  queryRunner: QueryRunner,
  log: Log,
): Promise<SkippedConstraint[]> {
  const skipped: SkippedConstraint[] = [];
  for (const constraint of UNIQUE_CONSTRAINTS) {
    skipped.push(...(await ensureUnique(queryRunner, constraint, log)));
  }
  for (const constraint of CHECK_CONSTRAINTS) {
    skipped.push(...(await ensureCheck(queryRunner, constraint, log)));
  }
  return skipped;
}

/** Those of the named constraints that are not there. */
export async function missingConstraints(
  queryRunner: QueryRunner,
): Promise<(UniqueConstraint | CheckConstraint)[]> {
  const missing: (UniqueConstraint | CheckConstraint)[] = [];
  for (const constraint of UNIQUE_CONSTRAINTS) {
    if (!(await isUnique(queryRunner, constraint))) missing.push(constraint);
  }
  for (const constraint of CHECK_CONSTRAINTS) {
    if (!(await checkState(queryRunner, constraint))?.valid) missing.push(constraint);
  }
  return missing;
}

/** Of those that are missing: whether the data breaks them, and where. */
export async function brokenConstraints(queryRunner: QueryRunner): Promise<SkippedConstraint[]> {
  const broken: SkippedConstraint[] = [];
  for (const constraint of await missingConstraints(queryRunner)) {
    const offending = 'columns' in constraint ? repeatedRows(constraint) : brokenBy(constraint);
    broken.push(...(await skippedFor(queryRunner, constraint, offending)));
  }
  return broken;
}

function repeatedRows({ table, columns }: UniqueConstraint): string {
  const keys = columns.join(', ');
  return `
    SELECT id FROM (
      SELECT id, count(*) OVER (PARTITION BY ${keys}) AS alike FROM "${table}"
       WHERE num_nulls(${keys}) = 0) AS counted
     WHERE alike > 1`;
}

function brokenBy({ table, condition }: CheckConstraint): string {
  return `SELECT id FROM "${table}" WHERE NOT (${condition})`;
}

async function checkState(
  queryRunner: QueryRunner,
  { name, table }: CheckConstraint,
): Promise<{ valid: boolean } | undefined> {
  const [found] = await rowsOf<{ valid: boolean }>(
    queryRunner,
    `SELECT convalidated AS valid FROM pg_constraint WHERE conrelid = to_regclass($1) AND conname = $2`,
    [`"${table}"`, name],
  );
  return found;
}

async function ensureUnique(
  queryRunner: QueryRunner,
  constraint: UniqueConstraint,
  log: Log,
): Promise<SkippedConstraint[]> {
  const { name, table, columns } = constraint;
  if (await isUnique(queryRunner, constraint)) return [];
  const keys = columns.join(', ');
  const repeated = repeatedRows(constraint);
  const drop = `DROP INDEX CONCURRENTLY IF EXISTS ${name}`;
  const skipped = await skippedFor(queryRunner, constraint, repeated);
  if (skipped.length > 0) {
    // An interrupted build may refuse new rows already.
    await queryRunner.query(drop);
    return skipped;
  }
  try {
    await ensureIndex(queryRunner, { name, table, keys }, log, 'unique');
    return [];
  } catch (error) {
    // Somebody added a row that breaks it between the two statements.
    if (errorCode(error) !== UNIQUE_VIOLATION) throw error;
    await queryRunner.query(drop);
    return await skippedFor(queryRunner, constraint, repeated);
  }
}

async function isUnique(
  queryRunner: QueryRunner,
  { table, columns }: UniqueConstraint,
): Promise<boolean> {
  const found = await rowsOf(
    queryRunner,
    `SELECT FROM pg_index
      WHERE indrelid = to_regclass($1) AND indisunique AND indisvalid AND indpred IS NULL
        AND (SELECT array_agg(attname::text ORDER BY attname)
               FROM pg_attribute
              WHERE attrelid = indrelid AND attnum = ANY ((indkey::int2[])[0:indnkeyatts - 1]))
            = (SELECT array_agg(name ORDER BY name) FROM unnest($2::text[]) AS name)`,
    [`"${table}"`, columns],
  );
  return found.length > 0;
}

async function ensureCheck(
  queryRunner: QueryRunner,
  constraint: CheckConstraint,
  log: Log,
): Promise<SkippedConstraint[]> {
  const { name, table, condition } = constraint;
  const found = await checkState(queryRunner, constraint);
  if (found?.valid) return [];
  const broken = brokenBy(constraint);
  const drop = `ALTER TABLE "${table}" DROP CONSTRAINT IF EXISTS ${name}`;
  const skipped = await skippedFor(queryRunner, constraint, broken);
  if (skipped.length > 0) {
    // An interrupted attempt would refuse every change of the rows that break it.
    if (found) await withoutQueueing(queryRunner, drop, log);
    return skipped;
  }
  if (!found) {
    // Not checked under the lock that keeps everyone out, but afterwards, beside readers and writers.
    const add = `ALTER TABLE "${table}" ADD CONSTRAINT ${name} CHECK (${condition}) NOT VALID`;
    await withoutQueueing(queryRunner, add, log);
  }
  try {
    await queryRunner.query(`ALTER TABLE "${table}" VALIDATE CONSTRAINT ${name}`);
    return [];
  } catch (error) {
    if (errorCode(error) !== CHECK_VIOLATION) throw error;
    await withoutQueueing(queryRunner, drop, log);
    return await skippedFor(queryRunner, constraint, broken);
  }
}

async function skippedFor(
  queryRunner: QueryRunner,
  { name, table, promise }: { name: string; table: string; promise: string },
  offending: string,
): Promise<SkippedConstraint[]> {
  const [found] = await rowsOf<{ count: number; ids: string[] | null }>(
    queryRunner,
    `SELECT count(*)::int AS count, (array_agg(id::text ORDER BY id))[1:${IDS_SHOWN}] AS ids
       FROM (${offending}) AS offending`,
  );
  if (!found?.ids) return [];
  const rows = { table, count: found.count, firstIds: found.ids };
  return [{ constraint: name, reason: promise, rows }];
}
