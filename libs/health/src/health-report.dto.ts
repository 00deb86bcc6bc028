import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';

const checks = (description: string, example: object): ApiPropertyOptions => ({
  description,
  example,
  type: 'object',
  additionalProperties: {
    type: 'object',
    required: ['status'],
    properties: { status: { type: 'string', enum: ['up', 'degraded', 'down'] } },
    additionalProperties: true,
  },
});

/** What a probe found, check by check. */
export class HealthReport {
  @ApiProperty({
    description: '`ok`, or `error` if any check failed.',
    enum: ['ok', 'degraded', 'error', 'shutting_down'],
    example: 'ok',
  })
  status: string;

  @ApiProperty(checks('The checks that passed.', { database: { status: 'up' } }))
  info: object;

  @ApiProperty(checks('The checks that failed, and why.', {}))
  error: object;

  @ApiProperty(checks('All checks.', { database: { status: 'up' } }))
  details: object;
}
