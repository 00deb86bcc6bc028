import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { type Listing } from '../database/page.js';

/** Describes the parameters of browse mode. */
export function BrowseQuery(listing: Listing): MethodDecorator {
  const filters = Object.keys(listing.filters).filter(
    (word) => word !== 'attached' && word !== 'search',
  );
  return applyDecorators(
    query('page', 'Turns on browse mode: a page of flat rows. From 1.', { type: 'integer' }),
    query('page_size', 'Rows per page, 1 to 1000; 25 if absent.', { type: 'integer' }),
    query('search', 'Part of a name; case does not matter.', { type: 'string' }),
    query('sort', 'Sort by.', { type: 'string', enum: Object.keys(listing.sorts) }),
    query('order', 'Upwards or downwards.', { type: 'string', enum: ['asc', 'desc'] }),
    ...filters.map((word) => query(word, `Only rows of this ${word}.`, { type: 'string' })),
  );
}

function query(
  name: string,
  description: string,
  schema: { type: 'integer' | 'string'; enum?: string[] },
): MethodDecorator {
  return ApiQuery({ name, description, required: false, schema });
}
