import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Whole } from '../http/fields.js';
import { INT64 } from '../http/integers.js';
import { PageOf } from '../http/page.dto.js';
import { MomentView } from '../payload-iov/payload-iov.dto.js';

export class HistoryQuery {
  @Whole({ description: 'Which page, from 1.', min: 1, max: 1_000_000, optional: true, example: 1 })
  page = 1;

  @Whole({ description: 'Rows per page.', min: 1, max: 1000, optional: true, example: 25 })
  page_size = 25;
}

const WHAT = [
  'created',
  'changed',
  'deleted',
  'list-attached',
  'list-detached',
  'list-changed',
  'list-deleted',
  'payload-inserted',
  'payload-trimmed',
  'payload-edited',
  'payload-detached',
  'payload-deleted',
  'type-renamed',
  'truncated',
] as const;

class AuthorView {
  @ApiProperty({
    description:
      'By which way the change came: `native` or `drop-in` API, `service` for the demo content, `database` for ' +
      'everybody else who writes to the database.',
    example: 'native',
  })
  via: string;

  @ApiProperty({
    description:
      'Whom the token spoke for; null: nobody was asked, or whoever asks shows no token.',
    type: String,
    nullable: true,
    example: 'alice',
  })
  subject: string | null;

  @ApiProperty({
    description: 'Whose token it was.',
    type: String,
    nullable: true,
    example: 'shared-secret',
  })
  issuer: string | null;

  @ApiProperty({
    description: 'Via `database`: the role that logged in there.',
    type: String,
    nullable: true,
    example: 'nopayloaddb',
  })
  role: string | null;

  @ApiProperty({
    description: 'Via `database`: the name that the program gave itself there.',
    type: String,
    nullable: true,
    example: 'psql',
  })
  application: string | null;
}

class IntervalView {
  @ApiProperty({ description: 'First moment.', type: MomentView })
  from: MomentView;

  @ApiProperty({ description: 'The end; null: open.', type: MomentView, nullable: true })
  until: MomentView | null;
}

class SingleChangeView {
  @ApiProperty({
    description:
      'What happened. A payload that was split is `payload-trimmed`, its second piece `payload-inserted`.',
    enum: WHAT,
    example: 'payload-trimmed',
  })
  what: (typeof WHAT)[number];

  @ApiPropertyOptional({ description: 'The payload list.', example: 'BeamSpot_1' })
  payload_list?: string;

  @ApiPropertyOptional({ description: 'What the list holds.', example: 'BeamSpot' })
  payload_type?: string;

  @ApiPropertyOptional({ description: 'Number of the payload.', ...INT64, example: 1 })
  id?: bigint;

  @ApiPropertyOptional({
    description: 'File of the payload.',
    example: 'demo/BeamSpot/run001250_v1.root',
  })
  payload_url?: string;

  @ApiPropertyOptional({ description: 'First moment of the payload afterwards.', type: MomentView })
  from?: MomentView;

  @ApiPropertyOptional({
    description: 'End of the payload afterwards; null: open.',
    type: MomentView,
    nullable: true,
  })
  until?: MomentView | null;

  @ApiPropertyOptional({ description: 'Status of a new tag.', example: 'unlocked' })
  status?: string;

  @ApiPropertyOptional({
    description: 'The tag that a new one is a clone of.',
    example: 'DEMO_2026_online',
  })
  cloned_from?: string;

  @ApiPropertyOptional({
    description: 'Which field of the tag has changed.',
    enum: ['name', 'author', 'description', 'status'],
    example: 'status',
  })
  field?: string;

  @ApiPropertyOptional({
    description: 'What was before: a text, or the interval of a payload.',
    oneOf: [{ type: 'string' }, { $ref: '#/components/schemas/IntervalView' }, { type: 'null' }],
    example: 'unlocked',
  })
  before?: string | null | IntervalView;

  @ApiPropertyOptional({
    description: 'What the field is now.',
    type: String,
    nullable: true,
    example: 'locked',
  })
  now?: string | null;
}

/** One transaction that changed a global tag. */
class ChangeView {
  @ApiProperty({
    description: 'Revision of the tag afterwards; null: it was deleted.',
    ...INT64,
    nullable: true,
    example: 7,
  })
  revision: bigint | null;

  @ApiProperty({ description: 'When, UTC.', format: 'date-time' })
  at: string;

  @ApiProperty({ description: 'Who.', type: AuthorView })
  by: AuthorView;

  @ApiProperty({
    description: 'How much of what: numbers by the words of `what`.',
    type: 'object',
    additionalProperties: INT64,
    example: { 'payload-inserted': 1, 'payload-trimmed': 1 },
  })
  counts: Record<string, bigint>;

  @ApiProperty({
    description: 'What, one by one, as far as it is little.',
    type: [SingleChangeView],
  })
  changes: SingleChangeView[];

  @ApiProperty({
    description: 'Whether `changes` has all that `counts` counts.',
    example: true,
  })
  complete: boolean;
}

/** A page of changes, newest first. */
export class HistoryPage extends PageOf(ChangeView) {}

/** Named in a schema by reference. */
export const HISTORY_MODELS = [IntervalView] as const;
