import { expect } from '@jest/globals';
import { CATALOGUE, type ProblemCode } from '#problems';
import { type Answer } from './http-client.js';

interface ProblemBody {
  detail: string;
  errors?: { field: string; message: string }[];
}

/** The answer is this problem as RFC 9457 writes it; returns what else it says. */
export function expectProblem(answer: Answer, code: ProblemCode): ProblemBody {
  const { status, title } = CATALOGUE[code];
  expect(answer).toMatchObject({
    status,
    body: {
      type: `urn:tempora:problem:${code}`,
      title,
      status,
      code,
      detail: expect.stringMatching(/^\S.*\S$/),
      instance: expect.stringMatching(/^\/api\/v1\//),
    },
  });
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  return answer.body as ProblemBody;
}

/** The answer is a 400 that names these fields, and no others. */
export function expectInvalid(answer: Answer, ...fields: string[]): void {
  const { errors = [] } = expectProblem(answer, 'invalid-request');
  expect(errors.map(({ field }) => field).toSorted()).toEqual(fields.toSorted());
}
