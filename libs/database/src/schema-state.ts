import { MIGRATIONS, MIGRATIONS_TABLE } from './migrations/index.js';
import { type Queryable, rowsOf } from './rows-of.js';

/**
 * - `current`: all migrations are applied (and perhaps later ones: another server is newer)
 * - `behind`: some are not: run the migrations
 * - `empty`: none is
 */
export type SchemaState = 'current' | 'behind' | 'empty';

/** How the schema of a database compares with what this program needs; for readiness probes. */
export async function schemaState(queryable: Queryable): Promise<SchemaState> {
  const applied = await appliedMigrations(queryable);
  if (applied.size === 0) return 'empty';
  return MIGRATIONS.every(({ name }) => applied.has(name)) ? 'current' : 'behind';
}

/** The names of the migrations that were applied, in order. */
export async function appliedMigrations(queryable: Queryable): Promise<Set<string>> {
  const [found] = await rowsOf<{ present: boolean }>(
    queryable,
    `SELECT to_regclass('${MIGRATIONS_TABLE}') IS NOT NULL AS present`,
  );
  if (!found?.present) return new Set();
  const rows = await rowsOf<{ name: string }>(
    queryable,
    `SELECT name FROM ${MIGRATIONS_TABLE} ORDER BY id`,
  );
  return new Set(rows.map(({ name }) => name));
}
