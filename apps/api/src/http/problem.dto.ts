import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { CATALOGUE, type FieldError, type ProblemCode } from '#problems';

class FieldErrorDocument implements FieldError {
  @ApiProperty({ description: 'Which field or parameter.', example: 'payloads.0.from.major' })
  field: string;

  @ApiProperty({ description: 'What is wrong with it.', example: 'A valid integer is required.' })
  message: string;
}

/** A problem as RFC 9457 writes it (`application/problem+json`). */
export class ProblemDocument {
  @ApiProperty({
    description: 'Names the kind of problem.',
    example: 'urn:tempora:problem:global-tag-not-found',
  })
  type: string;

  @ApiProperty({ description: 'The kind of problem in words.' })
  title: string;

  @ApiProperty({ description: 'The HTTP status.', example: 404 })
  status: number;

  @ApiProperty({
    description: 'The stable code of the kind of problem.',
    enum: Object.keys(CATALOGUE),
    example: 'global-tag-not-found',
  })
  code: ProblemCode;

  @ApiProperty({ description: 'What happened, in one sentence.' })
  detail: string;

  @ApiProperty({ description: 'The path that was asked.' })
  instance: string;

  @ApiPropertyOptional({
    description: 'Each field that is wrong.',
    type: [FieldErrorDocument],
  })
  errors?: FieldErrorDocument[];
}
