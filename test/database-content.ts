import { type DatabaseConnection } from '#database';
import { sql } from './postgres.js';

const TABLES = ['GlobalTagStatus', 'GlobalTag', 'PayloadType', 'PayloadList', 'PayloadIOV'];

const FINGERPRINTS = TABLES.map(
  (table) => `
    SELECT '${table}' AS table, count(*)::int AS rows, md5(string_agg(t::text, ',' ORDER BY id)) AS md5
    FROM "${table}" t`,
).join(' UNION ALL ');

/** Each table in short, times included: the same before and after what must change nothing. */
export async function databaseContent(connection: DatabaseConnection): Promise<object[]> {
  return sql(connection, FINGERPRINTS);
}
