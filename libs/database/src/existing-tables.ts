import { DatabaseRefusal } from './database-refusal.js';
import { type Queryable, rowsOf } from './rows-of.js';

/** The tables of the data model and the columns we read and write, as a Nopayloaddb makes them. */
const LAYOUT: Record<string, Record<string, string>> = {
  GlobalTagStatus: { id: 'bigint', name: 'text', description: 'text', created: 'timestamptz' },
  GlobalTag: {
    id: 'bigint',
    name: 'text',
    author: 'text',
    description: 'text',
    created: 'timestamptz',
    updated: 'timestamptz',
    status_id: 'bigint',
  },
  PayloadType: { id: 'bigint', name: 'text', description: 'text', created: 'timestamptz' },
  PayloadListIdSequence: { id: 'bigint' },
  PayloadList: {
    id: 'bigint',
    name: 'text',
    description: 'text',
    created: 'timestamptz',
    updated: 'timestamptz',
    global_tag_id: 'bigint',
    payload_type_id: 'bigint',
  },
  PayloadIOV: {
    id: 'bigint',
    payload_url: 'text',
    checksum: 'text',
    size: 'bigint',
    major_iov: 'bigint',
    minor_iov: 'bigint',
    major_iov_end: 'bigint',
    minor_iov_end: 'bigint',
    extra: 'text',
    created: 'timestamptz',
    updated: 'timestamptz',
    comb_iov: 'numeric(38,19)',
    payload_list_id: 'bigint',
  },
};

export const TABLES = Object.keys(LAYOUT);

const COLUMNS = `
SELECT wanted.name AS "table", relkind AS kind, attname AS column, attnotnull AS required,
       atthasdef OR attidentity <> '' AS filled,
       CASE WHEN atttypid IN ('varchar'::regtype, 'text'::regtype) THEN 'text'
            WHEN atttypid = 'timestamptz'::regtype THEN 'timestamptz'
            ELSE format_type(atttypid, atttypmod) END AS type
  FROM unnest($1::text[]) AS wanted (name)
  JOIN pg_class ON pg_class.oid = to_regclass(quote_ident(wanted.name))
  LEFT JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped`;

interface Column {
  table: string;
  kind: string;
  column: string;
  required: boolean;
  filled: boolean;
  type: string;
}

/**
 * Whether the tables of the data model exist. Nothing is changed.
 *
 * @throws DatabaseRefusal if only some exist, or one is not as a Nopayloaddb makes it
 */
export async function existingTables(queryable: Queryable): Promise<'none' | 'all'> {
  const columns = await rowsOf<Column>(queryable, COLUMNS, [TABLES]);
  if (columns.length === 0) return 'none';
  const missing = TABLES.filter((table) => !columns.some((column) => column.table === table));
  if (missing.length > 0) {
    const present = TABLES.filter((table) => !missing.includes(table));
    throw new DatabaseRefusal(
      `The database has ${listed(present)} but not ${listed(missing)}: it is neither empty nor a ` +
        'complete Nopayloaddb, and nothing was changed; give Tempora a database of its own.',
    );
  }
  const faults = TABLES.flatMap((table) =>
    faultsOf(
      table,
      columns.filter((column) => column.table === table),
    ),
  );
  if (faults.length > 0) {
    throw new DatabaseRefusal(
      `The tables of the database are not as Nopayloaddb 5 makes them (${faults.join('; ')}), and ` +
        "nothing was changed; bring them up to date with Nopayloaddb's own migrations " +
        '(manage.py migrate) first.',
    );
  }
  return 'all';
}

function faultsOf(table: string, columns: Column[]): string[] {
  if (columns.some(({ kind }) => kind !== 'r' && kind !== 'p')) return [`"${table}" is no table`];
  const layout = LAYOUT[table] ?? {};
  const faults = Object.entries(layout).flatMap(([name, type]) => {
    const found = columns.find(({ column }) => column === name);
    if (!found) return [`"${table}" has no column ${name}`];
    return found.type === type ? [] : [`"${table}".${name} is ${found.type}, not ${type}`];
  });
  for (const { column, required, filled } of columns) {
    const known = column in layout;
    if (known && column === 'id' && table !== 'PayloadList' && !filled) {
      faults.push(`"${table}".id does not number its rows`);
    }
    if (!known && required && !filled) {
      faults.push(`"${table}".${column} must be given, and Tempora does not know it`);
    }
  }
  return faults;
}

function listed(tables: string[]): string {
  return tables.map((table) => `"${table}"`).join(', ');
}
