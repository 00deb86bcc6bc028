import { ApiProperty } from '@nestjs/swagger';
import { compareMoments, INT64_MAX, type Moment, parseInt64 } from '#iov';
import { Int64, NameOf, Text, Whole } from '../http/fields.js';
import { COUNT, INT64 } from '../http/integers.js';
import { invalidRequest } from '../http/validation.js';
import { MomentView, WindowView } from '../payload-iov/payload-iov.dto.js';
import { KINDS } from './difference-json.js';
import { type DiffQuestion, type Position } from './read-differences.js';

export class DiffQuery {
  @Int64({
    description: 'Where the range begins: major part. Left out: 0.',
    optional: true,
    example: 0,
  })
  from_major = 0n;

  @Int64({
    description: 'Minor part of that moment, here the run. Left out: 0.',
    optional: true,
    example: 1200,
  })
  from_minor = 0n;

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

export class DiffAtQuery {
  @Int64({ description: 'Major part of the moment.', example: 0 })
  major: bigint;

  @Int64({ description: 'Minor part of the moment, here the run.', example: 1250 })
  minor: bigint;

  @NameOf({ description: 'Only this payload type.', optional: true, example: 'BeamSpot' })
  payload_type?: string;
}

/** What of a payload must be alike. */
class PayloadContentView {
  @ApiProperty({ description: 'Where the file is.', example: 'demo/BeamSpot/run001250_v1.root' })
  payload_url: string;

  @ApiProperty({
    description: 'Checksum of the file.',
    example: 'd41d8cd98f00b204e9800998ecf8427e',
  })
  checksum: string;

  @ApiProperty({ description: 'Size of the file, bytes.', ...INT64, nullable: true, example: 4096 })
  size: bigint | null;

  @ApiProperty({
    description: 'Revision of the file.',
    type: String,
    nullable: true,
    example: '1',
  })
  revision: string | null;
}

class DifferenceAtView {
  @ApiProperty({ description: 'The payload type.', example: 'BeamSpot' })
  payload_type: string;

  @ApiProperty({
    description: 'Whether only one of the tags has a valid payload, or both have different ones.',
    enum: KINDS,
    example: 'different',
  })
  difference: (typeof KINDS)[number];

  @ApiProperty({
    description: 'What is valid in the first tag; null: nothing is.',
    type: PayloadContentView,
    nullable: true,
  })
  first: PayloadContentView | null;

  @ApiProperty({
    description: 'What is valid in the second tag; null: nothing is.',
    type: PayloadContentView,
    nullable: true,
  })
  second: PayloadContentView | null;
}

class DifferenceView extends DifferenceAtView {
  @ApiProperty({
    description: 'The largest interval in which these two payloads are valid.',
    type: WindowView,
  })
  range: WindowView;
}

class ComparedTags {
  @ApiProperty({ description: 'The first global tag.', example: 'DEMO_2026_online' })
  first: string;

  @ApiProperty({ description: 'The second global tag.', example: 'DEMO_2025_reprocessing' })
  second: string;
}

/** What two tags answer differently at a moment. */
export class DiffAtView extends ComparedTags {
  @ApiProperty({ description: 'The moment that was asked for.', type: MomentView })
  at: MomentView;

  @ApiProperty({ description: 'The differences by payload type.', type: [DifferenceAtView] })
  items: DifferenceAtView[];
}

/** A page of what two tags answer differently in a range. */
export class DiffPage extends ComparedTags {
  @ApiProperty({
    description: 'The differences by payload type, then in order of time.',
    type: [DifferenceView],
  })
  items: DifferenceView[];

  @ApiProperty({ description: 'Rows per page.', ...COUNT, example: 25 })
  page_size: number;

  @ApiProperty({
    description: 'Path of the next page; null on the last.',
    type: String,
    nullable: true,
    example:
      '/api/v1/global-tags/DEMO_2026_online/diff/DEMO_2025_reprocessing?page_size=25&after=0.1200.1',
  })
  next: string | null;
}

/** @throws Problem invalid-request */
export function diffQuestion(tags: readonly [string, string], query: DiffQuery): DiffQuestion {
  const from = { major: query.from_major, minor: query.from_minor };
  const until = untilOf(query);
  if (until !== null && compareMoments(until, from) < 0) {
    throw invalidRequest([
      { field: 'until_major', message: 'The range may not end before it begins.' },
    ]);
  }
  return { tags, payloadType: query.payload_type, from, until, begin: positionOf(query.after) };
}

function untilOf({ from_major, until_major, until_minor }: DiffQuery): Moment | null {
  if (until_major === undefined && until_minor === undefined) return null;
  return { major: until_major ?? from_major, minor: until_minor ?? INT64_MAX };
}

function positionOf(after: string | undefined): Position | undefined {
  if (after === undefined) return undefined;
  const [major, minor, typeId, ...others] = after.split('.').map((part) => parseInt64(part));
  if (major !== undefined && minor !== undefined && typeId !== undefined && others.length === 0) {
    return { from: { major, minor }, typeId };
  }
  throw invalidRequest([{ field: 'after', message: 'Take it from `next` of the page before.' }]);
}

/** The path of a page. */
export function pathOfPage(
  [first, second]: readonly [string, string],
  query: DiffQuery,
  { from, typeId }: Position,
): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query) as [string, string | bigint | undefined][]) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  parameters.set('after', `${from.major}.${from.minor}.${typeId}`);
  const [a, b] = [encodeURIComponent(first), encodeURIComponent(second)];
  return `/api/v1/global-tags/${a}/diff/${b}?${parameters.toString()}`;
}
