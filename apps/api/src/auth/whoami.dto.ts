import { ApiProperty } from '@nestjs/swagger';
import { type Action, ACTIONS } from '#auth';
import { Text } from '../http/fields.js';

export class WhoamiQuery {
  @Text({
    description: 'What may be done to this global tag; without it, to everything.',
    optional: true,
    max: 80,
    example: 'DEMO_2026_online',
  })
  global_tag?: string;

  @Text({
    description: 'What may be done to payloads of this type there.',
    optional: true,
    max: 80,
    example: 'BeamSpot',
  })
  payload_type?: string;
}

export class WhoamiView {
  @ApiProperty({
    description: 'Who the token speaks for (`sub`); null without a token, or if it names nobody.',
    type: String,
    nullable: true,
    example: 'alice',
  })
  subject: string | null;

  @ApiProperty({
    description: 'Who says so: the issuer whose signature was checked; null without a token.',
    type: String,
    nullable: true,
    example: 'shared-secret',
  })
  issuer: string | null;

  @ApiProperty({
    description: 'When the token ends, UTC; null: never, or there is no token.',
    type: String,
    format: 'date-time',
    nullable: true,
  })
  expires: string | null;

  @ApiProperty({
    description: 'Which rules decide; null where everybody may do everything.',
    type: String,
    nullable: true,
    example: 'scopes',
  })
  policy: string | null;

  @ApiProperty({
    description: 'The global tag that was asked about.',
    type: String,
    nullable: true,
    example: 'DEMO_2026_online',
  })
  global_tag: string | null;

  @ApiProperty({
    description: 'The payload type that was asked about.',
    type: String,
    nullable: true,
    example: 'BeamSpot',
  })
  payload_type: string | null;

  @ApiProperty({
    description: 'What may be done to it. Whether its status allows it is another question.',
    enum: ACTIONS,
    isArray: true,
    example: ['read', 'insert'],
  })
  rights: Action[];
}
