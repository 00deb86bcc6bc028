import { ApiProperty } from '@nestjs/swagger';
import { Int64 } from '../http/fields.js';
import { COUNT, INT64 } from '../http/integers.js';
import { pathAfter, readMark } from '../http/page-mark.js';
import { MomentView, WindowView } from '../payload-iov/payload-iov.dto.js';
import {
  AfterMark,
  OnlyPayloadType,
  rangeOf,
  RowsPerPage,
  UntilMajor,
  UntilMinor,
} from '../payload-iov/range-query.js';
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
  const { payload_type: payloadType, after } = query;
  const begin = after === undefined ? after : positionOf(after);
  return { tags, payloadType, ...rangeOf(query), begin };
}

function positionOf(after: string): Position {
  const [major, minor, typeId] = readMark(after);
  return { from: { major, minor }, typeId };
}

/** The path of a page. */
export function pathOfPage(
  tags: readonly [string, string],
  query: DiffQuery,
  { from, typeId }: Position,
): string {
  const [first, second] = tags.map(encodeURIComponent) as [string, string];
  const path = `/api/v1/global-tags/${first}/diff/${second}`;
  return pathAfter(path, query, [from.major, from.minor, typeId]);
}
