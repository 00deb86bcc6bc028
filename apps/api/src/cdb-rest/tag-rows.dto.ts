import { ApiProperty } from '@nestjs/swagger';
import { COUNT, INT64 } from '../http/integers.js';
import { DJANGO_TIME } from './django-time.js';
import { NestedList } from './list-rows.dto.js';

export class StatusRow {
  @ApiProperty({ description: 'Number of the status.', ...INT64, example: 1 })
  id: bigint;

  @ApiProperty({
    description: 'unlocked, locked, frozen, or one that was added.',
    example: 'locked',
  })
  name: string;

  @ApiProperty({ description: 'When it was made.', ...DJANGO_TIME })
  created: string;
}

/** The status inside a nested global tag. */
class NestedStatus extends StatusRow {
  @ApiProperty({ description: 'What it means.', type: String, nullable: true })
  description: string | null;
}

class TagIdentity {
  @ApiProperty({ description: 'Number of the global tag.', ...INT64, example: 1 })
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

  @ApiProperty({ description: 'When it was made.', ...DJANGO_TIME })
  created: string;

  @ApiProperty({ description: 'When it or its set of lists last changed.', ...DJANGO_TIME })
  updated: string;
}

/** A global tag as it was made. */
export class CreatedTag extends TagIdentity {
  @ApiProperty({ description: 'Name of its status.', example: 'unlocked' })
  status: string;
}

/** A global tag after a change of its status. */
export class ChangedTag extends TagIdentity {
  @ApiProperty({ description: 'Number of its status, not its name.', ...INT64, example: 2 })
  status: bigint;
}

/** A global tag with how much it holds. */
export class TagRow extends CreatedTag {
  @ApiProperty({ description: 'How many payload lists it has.', ...COUNT, example: 12 })
  payload_lists_count: number;

  @ApiProperty({ description: 'How many payloads they hold together.', ...COUNT, example: 190 })
  payload_iov_count: number;
}

/** A global tag with everything in it; megabytes where it is large. */
export class NestedTag extends TagIdentity {
  @ApiProperty({ description: 'Its status.', type: NestedStatus })
  status: NestedStatus;

  @ApiProperty({ description: 'Its payload lists.', type: [NestedList] })
  payload_lists: NestedList[];
}
