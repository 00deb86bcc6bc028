import { ApiProperty } from '@nestjs/swagger';
import { Int64 } from '../http/fields.js';
import { COUNT } from '../http/integers.js';
import { pathAfter, readMark } from '../http/page-mark.js';
import { ResolvedPayload, WindowView } from '../payload-iov/payload-iov.dto.js';
import {
  AfterMark,
  OnlyPayloadType,
  rangeOf,
  RowsPerPage,
  UntilMajor,
  UntilMinor,
} from '../payload-iov/range-query.js';
import { type RangeQuestion, type Seen } from './payloads-between.js';

export class BetweenQuery {
  @Int64({ description: 'Where the range begins: major part.', example: 0 })
  from_major: bigint;

  @Int64({ description: 'Minor part of that moment, here the run.', example: 1200 })
  from_minor: bigint;

  @UntilMajor
  until_major?: bigint;

  @UntilMinor
  until_minor?: bigint;

  @OnlyPayloadType
  payload_type?: string;

  @AfterMark
  after?: string;

  @RowsPerPage
  page_size = 25;
}

class EffectivePayloadView extends ResolvedPayload {
  @ApiProperty({ description: 'What it holds.', example: 'BeamSpot' })
  payload_type: string;

  @ApiProperty({
    description: 'Where in the range this payload is the one that is valid.',
    type: WindowView,
  })
  effective: WindowView;
}

/** A page of payloads that are valid somewhere in a range. */
export class EffectivePage {
  @ApiProperty({
    description: 'The payloads in the order of their starts, then of their payload types.',
    type: [EffectivePayloadView],
  })
  items: EffectivePayloadView[];

  @ApiProperty({ description: 'Rows per page.', ...COUNT, example: 25 })
  page_size: number;

  @ApiProperty({
    description: 'Path of the next page; null on the last.',
    type: String,
    nullable: true,
    example:
      '/api/v1/global-tags/DEMO_2026_online/payloads/between?from_major=0&from_minor=1200&page_size=25&after=0.1300.7',
  })
  next: string | null;
}

/** @throws Problem invalid-request */
export function rangeQuestion(tag: string, query: BetweenQuery): RangeQuestion {
  const { payload_type: payloadType, after } = query;
  return {
    tag,
    payloadType,
    ...rangeOf(query),
    after: after === undefined ? after : seenOf(after),
  };
}

function seenOf(after: string): Seen {
  const [major, minor, list] = readMark(after);
  return { start: { major, minor }, list };
}

/** The page as JSON text. */
export function pageJson(
  tag: string,
  query: BetweenQuery,
  { lines, more }: { lines: readonly (Seen & { text: string })[]; more: boolean },
): string {
  const last = lines.at(-1);
  const next = more && last !== undefined ? nextPage(tag, query, last) : null;
  const items = lines.map(({ text }) => text).join(',');
  return `{"items":[${items}],"page_size":${query.page_size},"next":${JSON.stringify(next)}}`;
}

function nextPage(tag: string, query: BetweenQuery, { start, list }: Seen): string {
  const path = `/api/v1/global-tags/${encodeURIComponent(tag)}/payloads/between`;
  return pathAfter(path, query, [start.major, start.minor, list]);
}
