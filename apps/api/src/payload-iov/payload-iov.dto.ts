import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { Int64, NameOf, Text, Whole } from '../http/fields.js';
import { COUNT, INT64 } from '../http/integers.js';
import { MAX_LIST_LENGTH } from '../http/validation.js';

/** A point of experiment time. */
export class MomentView {
  @Int64({ description: 'Major part: 0, or the experiment.', example: 0 })
  major: bigint;

  @Int64({ description: 'Minor part: the run, or a timestamp.', example: 1250 })
  minor: bigint;
}

class StoredPayload {
  @ApiProperty({ description: 'Number of the payload.', ...INT64, example: 1 })
  id: bigint;

  @ApiProperty({
    description: 'Where the file is.',
    example: 'demo/BeamSpot/run001250_v1.root',
  })
  payload_url: string;

  @ApiProperty({
    description: 'Checksum of the file.',
    example: 'd41d8cd98f00b204e9800998ecf8427e',
  })
  checksum: string;

  @ApiProperty({
    description: 'Size of the file, bytes.',
    ...INT64,
    nullable: true,
    example: 4096,
  })
  size: bigint | null;

  @ApiProperty({
    description: 'Revision of the file.',
    type: String,
    nullable: true,
    example: '1',
  })
  revision: string | null;

  @ApiProperty({ description: 'First moment it is valid at.', type: MomentView })
  from: MomentView;

  @ApiProperty({
    description:
      'The end that is stored: not valid there any more (in discrete mode the last moment it is valid at). null: open. ' +
      'Where a later payload of the list starts before it, that one answers from its start on.',
    type: MomentView,
    nullable: true,
  })
  until: MomentView | null;
}

/** Where an answer stays the same. */
export class WindowView {
  @ApiProperty({ description: 'The first moment with this answer.', type: MomentView })
  from: MomentView;

  @ApiProperty({
    description:
      'The first later moment that is answered otherwise (in discrete mode the last one that is answered so); null: none is.',
    type: MomentView,
    nullable: true,
  })
  until: MomentView | null;
}

/** A payload that is valid at the moment that was asked for. */
export class ResolvedPayload extends StoredPayload {
  @ApiProperty({ description: 'The list it is in.', example: 'BeamSpot_1' })
  payload_list: string;
}

export class PayloadView extends StoredPayload {
  @ApiProperty({
    description: 'What it holds; null while detached.',
    type: String,
    nullable: true,
    example: 'BeamSpot',
  })
  payload_type: string | null;

  @ApiProperty({
    description: 'The list it is in; null while detached.',
    type: String,
    nullable: true,
    example: 'BeamSpot_1',
  })
  payload_list: string | null;

  @ApiProperty({
    description: 'The global tag of that list, if any.',
    type: String,
    nullable: true,
    example: 'DEMO_2026_online',
  })
  global_tag: string | null;

  @ApiProperty({ description: 'When it was stored, UTC.', format: 'date-time' })
  inserted: string;
}

/** A page of payloads in the order of their starts. */
export class PayloadPage {
  @ApiProperty({ description: 'The payloads, earliest start first.', type: [PayloadView] })
  items: PayloadView[];

  @ApiProperty({ description: 'How many payloads there are on all pages.', ...COUNT, example: 20 })
  total: number;

  @ApiProperty({ description: 'Rows per page.', ...COUNT, example: 25 })
  page_size: number;

  @ApiProperty({
    description: 'Path of the next page; null on the last.',
    type: String,
    nullable: true,
    example: '/api/v1/global-tags/DEMO_2026_online/payloads?page_size=25&after=0.1000.1',
  })
  next: string | null;
}

export class PayloadQuery {
  @NameOf({ description: 'Only this payload type.', optional: true, example: 'BeamSpot' })
  payload_type?: string;

  @Int64({
    description: 'Only starts at or after this moment: major part.',
    optional: true,
    example: 0,
  })
  from_major?: bigint;

  @Int64({ description: 'Minor part of that moment.', optional: true, example: 1200 })
  from_minor?: bigint;

  @Int64({
    description: 'Only starts at or before this moment: major part.',
    optional: true,
    example: 0,
  })
  to_major?: bigint;

  @Int64({ description: 'Minor part of that moment.', optional: true, example: 1300 })
  to_minor?: bigint;

  @Text({
    description: 'Where the page begins; taken from `next` of the page before.',
    optional: true,
    max: 62,
    example: '0.1000.1',
  })
  after?: string;

  @Whole({ description: 'Rows per page.', min: 1, max: 1000, optional: true, example: 25 })
  page_size = 25;
}

export class ResolveQuery {
  @Int64({ description: 'Major part of the moment.', example: 0 })
  major: bigint;

  @Int64({ description: 'Minor part of the moment, here the run.', example: 1250 })
  minor: bigint;

  @NameOf({ description: 'Only this payload type.', optional: true, example: 'BeamSpot' })
  payload_type?: string;
}

@ApiExtraModels(ResolvedPayload)
export class ResolveView {
  @ApiProperty({ description: 'The global tag.', example: 'DEMO_2026_online' })
  global_tag: string;

  @ApiProperty({ description: 'The moment that was asked for.', type: MomentView })
  at: MomentView;

  @ApiProperty({
    description: 'Payload type → the payload that is valid at the moment.',
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(ResolvedPayload) },
  })
  payloads: Record<string, ResolvedPayload>;

  @ApiProperty({
    description: 'Payload types of the tag that have none, among those asked for.',
    type: [String],
    example: ['Luminosity'],
  })
  missing: string[];

  @ApiProperty({
    description: 'The moments for which all of this stays the same.',
    type: WindowView,
  })
  window: WindowView;
}

/** A payload to insert. It is read by hand (`new-payloads.ts`); this class states its shape. */
@ApiExtraModels(MomentView)
class NewPayload {
  @NameOf({ description: 'What it is.', example: 'BeamSpot' })
  payload_type: string;

  @Text({ description: 'Where the file is.', example: 'my/BeamSpot/run001250.root' })
  payload_url: string;

  @Text({ description: 'Checksum of the file.', example: 'd41d8cd98f00b204e9800998ecf8427e' })
  checksum: string;

  @Int64({ description: 'Size of the file, bytes.', optional: true, nullable: true, example: 4096 })
  size?: bigint | null;

  @Text({ description: 'Revision of the file.', optional: true, nullable: true, example: '3' })
  revision?: string | null;

  @ApiProperty({ description: 'First moment it is valid at.', type: MomentView })
  from: MomentView;

  @ApiProperty({
    description:
      'Where its validity ends. A moment; "next": at the next payload that is there already (the default); ' +
      '"open" or null: never, later payloads are detached.',
    required: false,
    oneOf: [
      { $ref: getSchemaPath(MomentView) },
      { type: 'string', enum: ['next', 'open'] },
      { type: 'null' },
    ],
    example: 'next',
  })
  until?: MomentView | 'next' | 'open' | null;
}

export class NewPayloads {
  @ApiProperty({
    description: 'One payload or many, inserted one after another, all or none.',
    type: [NewPayload],
    maxItems: MAX_LIST_LENGTH,
  })
  payloads: NewPayload[];
}
