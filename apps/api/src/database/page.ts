import { type Statement } from './query.js';
import { type Reads } from './reads.js';
import { JsonText } from '../http/int64-json.js';

/** What a page shows of a longer list. */
interface Page {
  readonly page: number;
  readonly pageSize: number;
}

/** A list that can be searched, filtered, sorted and paged, as pieces of SQL. */
export interface Listing {
  /** FROM … with its joins. */
  readonly from: string;
  /** The row as a SELECT list; counts and other costly columns are computed for the page's rows only. */
  readonly row: string;
  /** Sort word → column. */
  readonly sorts: Readonly<Record<string, string>>;
  /** Filter word → condition in which `$` stands for the value. */
  readonly filters: Readonly<Record<string, string>>;
  /** Makes the order total: the last sort column. */
  readonly id: string;
}

export interface ListingQuery extends Page {
  readonly sort: string;
  readonly order: 'asc' | 'desc';
  /** Only words of {@link Listing.filters}; undefined ones do not filter. */
  readonly filters: Readonly<Record<string, unknown>>;
}

/** The page's rows as one JSON array, and how many rows there are in all. */
export async function readPage(
  reads: Reads,
  listing: Listing,
  query: ListingQuery,
): Promise<{ items: JsonText; total: number }> {
  const { where, values } = conditions(listing, query);
  const counted = await reads.row<{ total: bigint }>(
    { label: 'count-listed', text: `SELECT count(*) AS total ${listing.from} ${where}` },
    values,
  );
  const rows = await reads.row<{ items: string }>(
    pageStatement(listing, query, where, values.length),
    [...values, query.pageSize, (query.page - 1) * query.pageSize],
  );
  return { items: new JsonText(rows?.items ?? '[]'), total: Number(counted?.total ?? 0n) };
}

function conditions(listing: Listing, query: ListingQuery): { where: string; values: unknown[] } {
  const parts: string[] = [];
  const values: unknown[] = [];
  for (const [word, value] of Object.entries(query.filters)) {
    const condition = listing.filters[word];
    if (value === undefined || condition === undefined) continue;
    values.push(value);
    parts.push(`(${condition.replaceAll('$', `$${values.length}`)})`);
  }
  return { where: parts.length > 0 ? `WHERE ${parts.join(' AND ')}` : '', values };
}

function pageStatement(
  listing: Listing,
  query: ListingQuery,
  where: string,
  offset: number,
): Statement {
  const direction = query.order === 'desc' ? 'DESC' : 'ASC';
  const sort = listing.sorts[query.sort] ?? listing.id;
  const order = `${sort} ${direction} NULLS LAST, ${listing.id}`;
  return {
    label: 'page-listed',
    text: `
      SELECT COALESCE(json_agg(to_json(r)), '[]')::text AS items
      FROM (
        SELECT ${listing.row} ${listing.from} ${where}
        ORDER BY ${order} LIMIT $${offset + 1} OFFSET $${offset + 2}
      ) r`,
  };
}

/** A search text as a LIKE pattern that finds it anywhere, its own wildcards being plain text. */
export function containing(search: string | undefined): string | undefined {
  return search === undefined || search === ''
    ? undefined
    : `%${search.replaceAll(/[\\%_]/g, (wildcard) => `\\${wildcard}`)}%`;
}
