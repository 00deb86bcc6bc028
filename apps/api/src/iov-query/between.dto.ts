import { ApiProperty } from '@nestjs/swagger';
import { compareMoments, INT64_MAX, type Moment, parseInt64 } from '#iov';
import { Int64, Text, Whole, NameOf } from '../http/fields.js';
import { COUNT } from '../http/integers.js';
import { invalidRequest } from '../http/validation.js';
import { ResolvedPayload, WindowView } from '../payload-iov/payload-iov.dto.js';
import { type RangeQuestion, type Seen } from './payloads-between.js';

export class BetweenQuery {
  @Int64({ description: 'Where the range begins: major part.', example: 0 })
  from_major: bigint;

  @Int64({ description: 'Minor part of that moment, here the run.', example: 1200 })
  from_minor: bigint;

  @Int64({
    description:
      'Where the range ends, a moment that is not part of it (in discrete mode its last one): major part. Left out: that of `from`, or no end if both parts are.',
    optional: true,
    example: 0,
  })
  until_major?: bigint;

  @Int64({
    description: 'Minor part of that moment. Left out: 2^63-1.',
    optional: true,
    example: 1400,
  })
  until_minor?: bigint;

  @NameOf({ description: 'Only this payload type.', optional: true, example: 'BeamSpot' })
  payload_type?: string;

  @Text({
    description: 'Where the page begins; taken from `next` of the page before.',
    optional: true,
    max: 62,
    example: '0.1200.1',
  })
  after?: string;

  @Whole({
    description: 'Rows per page. `application/x-ndjson` has no pages.',
    min: 1,
    max: 1000,
    optional: true,
    example: 25,
  })
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
  const from = { major: query.from_major, minor: query.from_minor };
  const until = untilOf(query);
  if (until !== null && compareMoments(until, from) < 0) {
    throw invalidRequest([
      { field: 'until_major', message: 'The range may not end before it begins.' },
    ]);
  }
  return { tag, payloadType: query.payload_type, from, until, after: seenOf(query.after) };
}

function untilOf({ from_major, until_major, until_minor }: BetweenQuery): Moment | null {
  if (until_major === undefined && until_minor === undefined) return null;
  return { major: until_major ?? from_major, minor: until_minor ?? INT64_MAX };
}

function seenOf(after: string | undefined): Seen | undefined {
  if (after === undefined) return undefined;
  const [major, minor, list, ...others] = after.split('.').map((part) => parseInt64(part));
  if (major !== undefined && minor !== undefined && list !== undefined && others.length === 0) {
    return { start: { major, minor }, list };
  }
  throw invalidRequest([{ field: 'after', message: 'Take it from `next` of the page before.' }]);
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
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query) as [string, string | bigint | undefined][]) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  parameters.set('after', `${start.major}.${start.minor}.${list}`);
  return `/api/v1/global-tags/${encodeURIComponent(tag)}/payloads/between?${parameters.toString()}`;
}
