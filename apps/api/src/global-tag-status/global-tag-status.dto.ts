import { ApiProperty } from '@nestjs/swagger';
import { INT64 } from '../http/integers.js';

/** A status a global tag can have. */
export class GlobalTagStatusView {
  @ApiProperty({ description: 'Number of the status.', ...INT64, example: 1 })
  id: bigint;

  @ApiProperty({ description: 'unlocked, locked or frozen.', example: 'unlocked' })
  name: string;

  @ApiProperty({ description: 'What it means.', type: String, nullable: true })
  description: string | null;

  @ApiProperty({ description: 'When it was made, UTC.', format: 'date-time' })
  created: string;
}
