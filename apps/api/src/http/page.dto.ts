import { type Type } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { OneOf, Text, Whole } from './fields.js';
import { COUNT } from './integers.js';

/** What every list of the native API takes. */
class PageQuery {
  @Whole({ description: 'Which page, from 1.', min: 1, max: 1_000_000, optional: true, example: 1 })
  page = 1;

  @Whole({ description: 'Rows per page.', min: 1, max: 1000, optional: true, example: 25 })
  page_size = 25;

  @OneOf({
    description: 'Sort upwards or downwards.',
    words: ['asc', 'desc'],
    optional: true,
    example: 'asc',
  })
  order: 'asc' | 'desc' = 'asc';
}

/** The same with a search text. */
export class SearchQuery extends PageQuery {
  @Text({
    description: 'Part of a name; case does not matter.',
    optional: true,
    blank: true,
    example: 'cal',
  })
  search?: string;
}

/** A page of a list: `{ items, total, page, page_size }`. */
export function PageOf<T>(item: Type<T>): Type<{ items: T[] }> {
  class Page {
    @ApiProperty({ description: 'The rows of this page.', type: [item] })
    items: T[];

    @ApiProperty({ description: 'How many rows there are on all pages.', ...COUNT, example: 3 })
    total: number;

    @ApiProperty({ description: 'Which page this is, from 1.', ...COUNT, example: 1 })
    page: number;

    @ApiProperty({ description: 'Rows per page.', ...COUNT, example: 25 })
    page_size: number;
  }
  Object.defineProperty(Page, 'name', { value: `${item.name}Page` });
  return Page;
}
