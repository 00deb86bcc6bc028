import { ApiProperty } from '@nestjs/swagger';
import { Name, OneOf, Text } from '../http/fields.js';
import { INT64 } from '../http/integers.js';
import { PageOf, SearchQuery } from '../http/page.dto.js';

export class PayloadTypeView {
  @ApiProperty({ description: 'Number of the type.', ...INT64, example: 1 })
  id: bigint;

  @ApiProperty({ description: 'Its unique name.', example: 'BeamSpot' })
  name: string;

  @ApiProperty({ description: 'What it holds.', type: String, nullable: true })
  description: string | null;

  @ApiProperty({ description: 'When it was made, UTC.', format: 'date-time' })
  created: string;
}

export class PayloadTypePage extends PageOf(PayloadTypeView) {}

export class PayloadTypeQuery extends SearchQuery {
  @OneOf({
    description: 'Sort by.',
    words: ['name', 'id', 'created'],
    optional: true,
    example: 'name',
  })
  sort = 'name';
}

export class NewPayloadType {
  @Name({ description: 'Unique name, up to 80 characters.', example: 'TPC_Pedestals' })
  name: string;

  @Text({
    description: 'What it holds.',
    optional: true,
    nullable: true,
    example: 'Pedestals of each pad',
  })
  description?: string | null;
}

export class PayloadTypeChange {
  @Text({
    description: 'What it holds; null empties it.',
    nullable: true,
    example: 'Position and width of the luminous region',
  })
  description: string | null;
}
