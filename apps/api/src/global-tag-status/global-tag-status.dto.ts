import { ApiProperty } from '@nestjs/swagger';

/** A status a global tag can have. */
export class GlobalTagStatusView {
  @ApiProperty({ description: 'Number of the status.', type: 'integer', format: 'int64' })
  id: bigint;

  @ApiProperty({ description: 'unlocked, locked or frozen.', example: 'unlocked' })
  name: string;

  @ApiProperty({ description: 'What it is for.', type: String, nullable: true })
  description: string | null;

  @ApiProperty({ description: 'When it was made, UTC.', format: 'date-time' })
  created: string;
}
