import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { type Listing } from '../database/page.js';

/** Values of the filters that find something in the demo content, also all of them together. */
const EXAMPLES: Readonly<Record<string, string>> = {
  status: 'unlocked',
  global_tag: 'DEMO_2026_online',
  payload_type: 'EMCal_Gains',
  payload_list: 'EMCal_Gains_7',
};

/** Describes the parameters of browse mode. */
export function BrowseQuery(listing: Listing): MethodDecorator {
  const filters = Object.keys(listing.filters).filter(
    (word) => word !== 'attached' && word !== 'search',
  );
  return applyDecorators(
    query('page', 'Turns on browse mode: a page of flat rows. From 1.', {
      type: 'integer',
      minimum: 1,
      example: 1,
    }),
    query('page_size', 'Rows per page.', {
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      default: 25,
      example: 25,
    }),
    query('search', 'Part of a name; case does not matter.', { type: 'string', example: 'cal' }),
    query('sort', 'Sort by.', {
      type: 'string',
      enum: Object.keys(listing.sorts),
      example: 'id',
    }),
    query('order', 'Upwards or downwards.', {
      type: 'string',
      enum: ['asc', 'desc'],
      default: 'asc',
      example: 'desc',
    }),
    ...filters.map((word) =>
      query(word, `Only rows of this ${word.replaceAll('_', ' ')}.`, {
        type: 'string',
        example: EXAMPLES[word],
      }),
    ),
  );
}

function query(name: string, description: string, schema: object): MethodDecorator {
  return ApiQuery({ name, description, required: false, schema: { ...schema } });
}
