import { ApiProperty } from '@nestjs/swagger';
import { Name, NameOf, OneOf, Text } from '../http/fields.js';
import { COUNT, INT64 } from '../http/integers.js';
import { PageOf, SearchQuery } from '../http/page.dto.js';

export class GlobalTagView {
  @ApiProperty({ description: 'Number of the tag.', ...INT64, example: 1 })
  id: bigint;

  @ApiProperty({ description: 'Its unique name.', example: 'DEMO_2026_online' })
  name: string;

  @ApiProperty({
    description: 'Who answers for it.',
    type: String,
    nullable: true,
    example: 'calibration group',
  })
  author: string | null;

  @ApiProperty({ description: 'What it is for.', type: String, nullable: true })
  description: string | null;

  @ApiProperty({ description: 'unlocked, locked or frozen.', example: 'unlocked' })
  status: string;

  @ApiProperty({ description: 'How many payload lists it has.', ...COUNT, example: 12 })
  payload_lists_count: number;

  @ApiProperty({ description: 'How many payloads they hold together.', ...COUNT, example: 180 })
  payload_iov_count: number;

  @ApiProperty({ description: 'When it was made, UTC.', format: 'date-time' })
  created: string;

  @ApiProperty({
    description: 'When it or its set of lists last changed, UTC.',
    format: 'date-time',
  })
  updated: string;
}

export class GlobalTagPage extends PageOf(GlobalTagView) {}

export class GlobalTagQuery extends SearchQuery {
  @NameOf({ description: 'Only tags of this status.', optional: true, example: 'unlocked' })
  status?: string;

  @OneOf({
    description: 'Sort by.',
    words: ['name', 'id', 'author', 'status', 'created', 'updated'],
    optional: true,
    example: 'name',
  })
  sort = 'name';
}

export class NewGlobalTagBody {
  @Name({ description: 'Unique name, up to 80 characters.', example: 'MyExperiment_2026_v1' })
  name: string;

  @NameOf({ description: 'Its status from the start.', optional: true, example: 'unlocked' })
  status = 'unlocked';

  @Text({
    description: 'Who answers for it.',
    max: 80,
    optional: true,
    nullable: true,
    example: 'calibration group',
  })
  author?: string | null;

  @Text({
    description: 'What it is for.',
    optional: true,
    nullable: true,
    example: 'First look at the data of 2026',
  })
  description?: string | null;
}

export class GlobalTagChangeBody {
  @NameOf({ description: 'New status.', optional: true, example: 'locked' })
  status?: string;

  @Text({
    description: 'Who answers for it; null empties.',
    max: 80,
    optional: true,
    nullable: true,
    example: 'production manager',
  })
  author?: string | null;

  @Text({
    description: 'What it is for; null empties.',
    optional: true,
    nullable: true,
    example: 'Ready for the first pass',
  })
  description?: string | null;
}

export class CloneBody {
  @Name({ description: 'Name of the copy.', example: 'DEMO_2026_online_copy' })
  name: string;

  @Text({
    description: 'Who answers for it; as the original, if absent.',
    max: 80,
    optional: true,
    nullable: true,
    example: 'calibration group',
  })
  author?: string | null;

  @Text({
    description: 'What it is for; as the original, if absent.',
    optional: true,
    nullable: true,
    example: 'To try new gains',
  })
  description?: string | null;
}
