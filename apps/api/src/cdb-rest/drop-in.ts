import { applyDecorators, Controller, HttpCode, type Type, UsePipes } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiResponse,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { CATALOGUE, type ProblemCode } from '#problems';
import { codesByStatus, PROBLEMS_OF_ALL } from '../http/answers.js';
import { COUNT } from '../http/integers.js';
import { lenientValidation } from '../http/validation.js';
import { VERSIONED_HEADERS } from '../http/versioned-answer.js';
import { DROP_IN_PREFIX, dropInStatus } from './drop-in-form.js';

/** The error form of the drop-in protocol. */
class DropInError {
  @ApiProperty({ description: 'What happened, in one sentence.', example: 'Global Tag is frozen.' })
  detail: string;

  @ApiPropertyOptional({
    description: 'A wrong field stands under its own name, here `name`, with what is wrong.',
    type: [String],
    example: ['global tag with this name already exists.'],
  })
  name?: string[];
}

/** What a deletion tells. */
class Deleted {
  @ApiProperty({ description: 'What was deleted.', example: 'Global tag TEST deleted.' })
  detail: string;
}

interface DropInAnswer {
  /** In a calibration expert's words. */
  summary: string;
  description?: string;
  /** What the answer is. */
  is: string;
  /** The shape of the answer: a class, several of them in a list, or a schema; absent: {@link Deleted}. */
  type?: Type;
  list?: boolean;
  schema?: object;
  /** The rows of browse mode, where `?page=` turns it on. */
  browse?: Type;
  example?: unknown;
  /** It has an ETag and can be asked for again: 304. */
  versioned?: boolean;
  problems?: readonly ProblemCode[];
}

/** A controller of the drop-in protocol. */
export function DropIn(): ClassDecorator {
  return applyDecorators(
    ApiTags('Drop-in protocol'),
    ApiExtraModels(DropInError, Deleted),
    Controller(DROP_IN_PREFIX.slice(1)),
    UsePipes(lenientValidation),
  );
}

/** States what a route of the drop-in protocol answers; success is always exactly 200. */
export function DropInAnswers(answer: DropInAnswer): MethodDecorator {
  const { summary, description, is, example, versioned } = answer;
  const models = [answer.type, answer.browse].filter((model) => model !== undefined);
  return applyDecorators(
    HttpCode(200),
    ApiOperation({ summary, description: description ?? `${summary}.` }),
    ApiExtraModels(...models),
    ApiResponse({
      status: 200,
      description: is,
      ...(versioned === true ? { headers: { ...VERSIONED_HEADERS } } : {}),
      content: {
        'application/json': {
          schema: { ...schemaOf(answer) },
          ...(example === undefined ? {} : { example }),
        },
      },
    }),
    ...(versioned === true
      ? [ApiResponse({ status: 304, description: 'What the client holds is still so.' })]
      : []),
    ...problemResponses([...(answer.problems ?? []), ...PROBLEMS_OF_ALL]),
  );
}

function schemaOf({ type = Deleted, list, schema, browse }: DropInAnswer): object {
  const plain = schema ?? (list === true ? arrayOf(type) : reference(type));
  return browse === undefined ? plain : { oneOf: [plain, browsePage(browse)] };
}

function browsePage(row: Type): object {
  return {
    type: 'object',
    description: 'The answer in browse mode.',
    required: ['count', 'page', 'page_size', 'total_pages', 'results'],
    properties: {
      count: { ...COUNT, description: 'How many rows there are on all pages.' },
      page: { ...COUNT, description: 'Which page this is, from 1.' },
      page_size: { ...COUNT, description: 'Rows per page.' },
      total_pages: { ...COUNT, description: 'How many pages there are, at least 1.' },
      results: { ...arrayOf(row), description: 'The rows of this page.' },
    },
  };
}

const arrayOf = (type: Type): object => ({ type: 'array', items: reference(type) });
const reference = (type: Type): object => ({ $ref: getSchemaPath(type) });

/** What is told in another way than in the native API. */
const MEANINGS: Partial<Record<ProblemCode, string>> = {
  'invalid-request':
    'A field or parameter is missing or out of range; each is named with what is wrong with it.',
  'database-unavailable': 'Temporary: the database does not answer. Try again.',
  overloaded:
    'Temporary: as many such answers as the server sends at once are under way. Try again.',
};

function problemResponses(codes: readonly ProblemCode[]): MethodDecorator[] {
  return codesByStatus(codes, dropInStatus).map(([status, each]) =>
    ApiResponse({
      status,
      description: each.map((code) => MEANINGS[code] ?? CATALOGUE[code].meaning).join('\n\n'),
      content: { 'application/json': { schema: { $ref: getSchemaPath(DropInError) } } },
    }),
  );
}
