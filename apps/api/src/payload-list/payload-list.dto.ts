import { ApiProperty } from '@nestjs/swagger';
import { Flag, NameOf, OneOf, Text } from '../http/fields.js';
import { COUNT, INT64 } from '../http/integers.js';
import { PageOf, SearchQuery } from '../http/page.dto.js';

export class PayloadListView {
  @ApiProperty({ description: 'Number of the list.', ...INT64, example: 1 })
  id: bigint;

  @ApiProperty({ description: '`<type>_<number>`.', example: 'BeamSpot_1' })
  name: string;

  @ApiProperty({ description: 'What it is for.', type: String, nullable: true })
  description: string | null;

  @ApiProperty({
    description: 'The global tag it belongs to; null while it is detached.',
    type: String,
    nullable: true,
    example: 'DEMO_2026_online',
  })
  global_tag: string | null;

  @ApiProperty({ description: 'What it holds.', example: 'BeamSpot' })
  payload_type: string;

  @ApiProperty({ description: 'How many payloads are in it.', ...COUNT, example: 20 })
  payload_iov_count: number;

  @ApiProperty({ description: 'When it was made, UTC.', format: 'date-time' })
  created: string;

  @ApiProperty({ description: 'When it was last attached or detached, UTC.', format: 'date-time' })
  updated: string;
}

export class PayloadListPage extends PageOf(PayloadListView) {}

export class PayloadListQuery extends SearchQuery {
  @NameOf({
    description: 'Only lists of this global tag.',
    optional: true,
    example: 'DEMO_2026_online',
  })
  global_tag?: string;

  @NameOf({
    description: 'Only lists of this payload type.',
    optional: true,
    example: 'EMCal_Gains',
  })
  payload_type?: string;

  @Flag({
    description: 'true: only attached lists; false: only detached ones.',
    optional: true,
    example: true,
  })
  attached?: boolean;

  @OneOf({
    description: 'Sort by.',
    words: ['name', 'id', 'global_tag', 'payload_type', 'payload_iov_count', 'created'],
    optional: true,
    example: 'name',
  })
  sort = 'name';
}

export class NewPayloadListBody {
  @NameOf({ description: 'What it will hold.', example: 'BeamSpot' })
  payload_type: string;

  @Text({
    description: 'What it is for.',
    optional: true,
    nullable: true,
    example: 'A second try',
  })
  description?: string | null;
}

export class AttachmentView {
  @ApiProperty({ description: 'The list as it is now.', type: PayloadListView })
  attached: PayloadListView;

  @ApiProperty({
    description: 'Lists of the same type that were in the tag and are detached now.',
    type: [String],
    example: ['BeamSpot_1'],
  })
  detached: string[];
}
