import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { CATALOGUE, type ProblemCode } from '#problems';
import { NDJSON } from './json-bodies.js';
import { ProblemDocument } from './problem.dto.js';
import { VERSIONED_HEADERS } from './versioned-answer.js';

interface Answer {
  /** In a calibration expert's words. */
  summary: string;
  description?: string;
  /** 200 unless said. */
  status?: number;
  /** What the answer is. */
  is: string;
  type?: Type;
  list?: boolean;
  example?: unknown;
  /** It is no JSON document, but {@link NDJSON}. */
  lines?: boolean;
  /** The Location header of what was made. */
  location?: string;
  /** It has an ETag and can be asked for again: 304. */
  versioned?: boolean;
  problems?: readonly ProblemCode[];
}

/** What any question of either protocol can be answered. */
export const PROBLEMS_OF_ALL: readonly ProblemCode[] = [
  'invalid-request',
  'statement-too-long',
  'too-many-requests',
  'too-many-connections',
  'internal-error',
  'database-unavailable',
];

/** States what a route of the native API answers, problems included. */
export function Answers(answer: Answer): MethodDecorator {
  const status = answer.status ?? 200;
  return applyDecorators(
    HttpCode(status),
    ApiOperation({
      summary: answer.summary,
      description: answer.description ?? `${answer.summary}.`,
    }),
    ...(answer.type === undefined ? [] : [ApiExtraModels(answer.type)]),
    ApiResponse({
      status,
      description: answer.is,
      ...content(answer),
      ...headers(answer),
    }),
    ...(answer.versioned === true
      ? [ApiResponse({ status: 304, description: 'What the client holds is still so.' })]
      : []),
    ...problemResponses([...(answer.problems ?? []), ...PROBLEMS_OF_ALL]),
  );
}

function headers({ location, versioned }: Answer): object {
  if (versioned === true) return { headers: { ...VERSIONED_HEADERS } };
  if (location === undefined) return {};
  return { headers: { Location: { description: location, schema: { type: 'string' } } } };
}

function content({ type, list, example, lines }: Answer): object {
  if (lines === true) return { content: { [NDJSON]: { schema: { type: 'string' } } } };
  if (type === undefined) return {};
  const ref = { $ref: getSchemaPath(type) };
  const schema = list === true ? { type: 'array', items: ref } : ref;
  return {
    content: { 'application/json': { schema, ...(example === undefined ? {} : { example }) } },
  };
}

function problemResponses(codes: readonly ProblemCode[]): MethodDecorator[] {
  return codesByStatus(codes, (code) => CATALOGUE[code].status).map(([status, each]) =>
    ApiResponse({
      status,
      description: each.map((code) => `\`${code}\`: ${CATALOGUE[code].meaning}`).join('\n\n'),
      content: {
        'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDocument) } },
      },
    }),
  );
}

/** The problems that are told by one status, for each status. */
export function codesByStatus(
  codes: readonly ProblemCode[],
  statusOf: (code: ProblemCode) => number,
): [number, ProblemCode[]][] {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of new Set(codes)) {
    const status = statusOf(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return [...byStatus];
}
