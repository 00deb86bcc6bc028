import { type DatabaseConnection } from '#database';
import { sql } from './postgres.js';

const TABLES = ['GlobalTagStatus', 'GlobalTag', 'PayloadType', 'PayloadList', 'PayloadIOV'];

const EVERY_ROW = TABLES.map(
  (table) => `SELECT '${table}' AS table, to_jsonb(t)::text AS row FROM "${table}" t`,
).join(' UNION ALL ');

/** Every row of the conditions, times included: the same before and after what must change nothing. */
export async function databaseContent(connection: DatabaseConnection): Promise<string[]> {
  const rows = await sql<{ table: string; row: string }>(connection, EVERY_ROW);
  return rows.map(({ table, row }) => `${table} ${row}`).toSorted();
}
