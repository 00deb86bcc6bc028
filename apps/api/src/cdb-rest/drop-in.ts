import { applyDecorators, Controller, HttpCode, UsePipes } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiOperation,
  ApiProperty,
  ApiResponse,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { lenientValidation } from '../http/validation.js';
import { DROP_IN_PREFIX } from './drop-in-form.js';

/** The error form of the drop-in protocol; a wrong field stands under its own name as well. */
class DropInError {
  @ApiProperty({ description: 'What happened, in one sentence.', example: 'Global Tag is frozen.' })
  detail: string;
}

/** A controller of the drop-in protocol. */
export function DropIn(): ClassDecorator {
  return applyDecorators(
    ApiTags('Drop-in protocol'),
    ApiExtraModels(DropInError),
    Controller(DROP_IN_PREFIX.slice(1)),
    UsePipes(lenientValidation),
  );
}

/** States what a route of the drop-in protocol answers; success is always exactly 200. */
export function DropInAnswers(summary: string, example?: unknown): MethodDecorator {
  return applyDecorators(
    HttpCode(200),
    ApiOperation({ summary, description: `${summary}.` }),
    ApiResponse({
      status: 200,
      description: 'As the reference answers it.',
      content: {
        'application/json': { schema: {}, ...(example === undefined ? {} : { example }) },
      },
    }),
    ...ERRORS.map(([status, description]) =>
      ApiResponse({
        status,
        description,
        content: { 'application/json': { schema: { $ref: getSchemaPath(DropInError) } } },
      }),
    ),
  );
}

const ERRORS: readonly (readonly [number, string])[] = [
  [400, 'Something in the request is wrong; a field is named with what is wrong with it.'],
  [404, 'Something that is named does not exist.'],
  [409, 'The status of the global tag, or something that uses it, forbids it.'],
  [504, 'The database does not answer at the moment. Try again.'],
];
