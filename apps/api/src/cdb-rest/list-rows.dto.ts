import { ApiProperty } from '@nestjs/swagger';
import { COUNT, INT64 } from '../http/integers.js';
import { DJANGO_TIME } from './django-time.js';
import { IovRow } from './iov-rows.dto.js';

export class TypeRow {
  @ApiProperty({ description: 'Number of the payload type.', ...INT64, example: 1 })
  id: bigint;

  @ApiProperty({ description: 'Its unique name.', example: 'BeamSpot' })
  name: string;

  @ApiProperty({
    description: 'What it holds.',
    type: String,
    nullable: true,
    example: 'Position and width of the luminous region',
  })
  description: string | null;

  @ApiProperty({ description: 'When it was made.', ...DJANGO_TIME })
  created: string;
}

class ListIdentity {
  @ApiProperty({ description: 'Number of the payload list.', ...INT64, example: 1 })
  id: bigint;

  @ApiProperty({ description: '`<type>_<number>`.', example: 'BeamSpot_1' })
  name: string;

  @ApiProperty({ description: 'When it was made.', ...DJANGO_TIME })
  created: string;
}

/** A payload list by itself. */
export class ListRow extends ListIdentity {
  @ApiProperty({
    description: 'Name of the global tag it belongs to; null while it is detached.',
    type: String,
    nullable: true,
    example: 'DEMO_2026_online',
  })
  global_tag: string | null;

  @ApiProperty({ description: 'Name of what it holds.', example: 'BeamSpot' })
  payload_type: string;
}

/** A payload list with how much it holds. */
export class CountedList extends ListRow {
  @ApiProperty({ description: 'How many payloads are in it.', ...COUNT, example: 20 })
  iov_count: number;
}

/** A payload list with everything in it. */
export class NestedList extends ListRow {
  @ApiProperty({ description: 'Its payloads by their starts.', type: [IovRow] })
  payload_iov: IovRow[];
}

/** A payload list whose global tag and type are told by their numbers. */
export class NumberedList extends ListIdentity {
  @ApiProperty({
    description: 'Number of the global tag it belongs to; null while it is detached.',
    ...INT64,
    nullable: true,
    example: 1,
  })
  global_tag: bigint | null;

  @ApiProperty({ description: 'Number of what it holds.', ...INT64, example: 1 })
  payload_type: bigint;
}
