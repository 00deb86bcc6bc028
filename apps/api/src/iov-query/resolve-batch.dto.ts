import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { ArrayMinSize, IsArray } from 'class-validator';
import { type Moment } from '#iov';
import { type FieldError } from '#problems';
import { int64Error } from '../http/field-errors.js';
import { toBigInt, NameOf } from '../http/fields.js';
import { invalidRequest, MAX_LIST_LENGTH } from '../http/validation.js';
import { MomentView, ResolvedPayload, WindowView } from '../payload-iov/payload-iov.dto.js';

export class ResolveBatch {
  @ApiProperty({
    description: 'The moments, in any order; one that is named twice is answered once.',
    type: [MomentView],
    minItems: 1,
    maxItems: MAX_LIST_LENGTH,
    example: [
      { major: 0, minor: 1250 },
      { major: 0, minor: 1260 },
      { major: 0, minor: 1350 },
    ],
  })
  @IsArray({ message: 'Must be a list of moments.' })
  @ArrayMinSize(1, { message: 'Name at least one moment.' })
  moments: unknown[];

  @NameOf({ description: 'Only this payload type.', optional: true, example: 'BeamSpot' })
  payload_type?: string;
}

const PARTS = ['major', 'minor'];

/** Ten thousand moments, read without an object and a pass of the validator for each. @throws Problem invalid-request */
export function momentsOf(values: readonly unknown[]): Moment[] {
  const errors: FieldError[] = [];
  const moments = values.map((value, i) => {
    const field = `moments.${i}`;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      errors.push({ field, message: 'Must be a moment: { "major": …, "minor": … }.' });
      return { major: 0n, minor: 0n };
    }
    const { major, minor, ...others } = value as Record<string, unknown>;
    for (const name of Object.keys(others)) {
      errors.push({ field: `${field}.${name}`, message: 'There is no such field.' });
    }
    const parts = [toBigInt(major), toBigInt(minor)];
    for (const [n, part] of parts.entries()) {
      const message = int64Error(part);
      if (message !== undefined) errors.push({ field: `${field}.${PARTS[n] ?? ''}`, message });
    }
    return { major: parts[0] as bigint, minor: parts[1] as bigint };
  });
  if (errors.length > 0) throw invalidRequest(errors);
  return moments;
}

@ApiExtraModels(ResolvedPayload)
class AnswerView {
  @ApiProperty({ description: 'The moments with this answer, in order.', type: [MomentView] })
  moments: MomentView[];

  @ApiProperty({
    description: 'The largest intervals around them in which the answer stays the same, in order.',
    type: [WindowView],
  })
  windows: WindowView[];

  @ApiProperty({
    description: 'Payload type → the payload that is valid at these moments.',
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(ResolvedPayload) },
  })
  payloads: Record<string, ResolvedPayload>;

  @ApiProperty({
    description: 'Payload types of the tag that have none, among those asked for.',
    type: [String],
    example: ['Luminosity'],
  })
  missing: string[];
}

export class ResolveBatchView {
  @ApiProperty({ description: 'The global tag.', example: 'DEMO_2026_online' })
  global_tag: string;

  @ApiProperty({
    description: 'The different answers, in the order of their first moments.',
    type: [AnswerView],
  })
  answers: AnswerView[];
}
