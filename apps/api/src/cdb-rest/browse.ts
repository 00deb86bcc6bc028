import { Injectable } from '@nestjs/common';
import { containing, type Listing, readPage } from '../database/page.js';
import { Reads } from '../database/reads.js';
import { JsonText, writeJson } from '../http/int64-json.js';

/** A query string as it came: a parameter may be absent, or there several times. */
export type RawQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The parameter's value, the last one if it is there several times, as Django takes it. */
export function last(query: RawQuery, name: string): string | undefined {
  const value = query[name];
  return typeof value === 'object' ? value.at(-1) : value;
}

const DEFAULT_PAGE_SIZE = 25;
const MAX_PAGE_SIZE = 1000;

/** Browse mode: what `?page=` turns the four plain lists into. Odd values fall back, as in the reference. */
@Injectable()
export class Browse {
  constructor(private readonly reads: Reads) {}

  /** The page, or undefined where none is asked for. */
  async page(
    listing: Listing,
    query: RawQuery,
    defaultSort: string,
  ): Promise<JsonText | undefined> {
    if (last(query, 'page') === undefined) return undefined;
    const page = whole(last(query, 'page'), 1, 1_000_000_000, 1);
    const pageSize = whole(last(query, 'page_size'), 1, MAX_PAGE_SIZE, DEFAULT_PAGE_SIZE);
    const sort = last(query, 'sort') ?? defaultSort;
    const { items, total } = await readPage(this.reads, listing, {
      page,
      pageSize,
      sort: Object.hasOwn(listing.sorts, sort) ? sort : defaultSort,
      order: last(query, 'order') === 'desc' ? 'desc' : 'asc',
      filters: filters(listing, query),
    });
    const pages = Math.max(1, Math.ceil(total / pageSize));
    const head = writeJson({ count: total, page, page_size: pageSize, total_pages: pages });
    return new JsonText(`${head.slice(0, -1)},"results":${items.text}}`);
  }
}

function filters(listing: Listing, query: RawQuery): Record<string, string | undefined> {
  const words = Object.keys(listing.filters).filter((word) => word !== 'attached');
  return Object.fromEntries(
    words.map((word) => {
      const value = last(query, word)?.replaceAll('\0', '');
      if (word === 'search') return [word, containing(value?.trim())];
      return [word, value === '' ? undefined : value];
    }),
  );
}

function whole(value: string | undefined, min: number, max: number, fallback: number): number {
  const number = value !== undefined && /^-?\d{1,15}$/.test(value) ? Number(value) : fallback;
  return Math.min(Math.max(number, min), max);
}
