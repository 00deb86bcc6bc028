import { type ProblemForm } from '../http/problem-form.js';
import { CATALOGUE, type Problem, type ProblemCode } from '#problems';

export const DROP_IN_PREFIX = '/api/cdb_rest';

/** A name that is taken is a mistake in a field here, as in Django's forms. */
const FIELD_PROBLEMS: ReadonlySet<ProblemCode> = new Set([
  'global-tag-exists',
  'status-exists',
  'payload-type-exists',
  'payload-list-exists',
]);

/**
 * Problems as the reference's clients read them: `{"name": ["…"]}` for a field, always with a
 * `detail` sentence. What is temporary is 504, the one status that `nopayloadclient` tries again on.
 */
export const dropInForm: ProblemForm = {
  prefix: DROP_IN_PREFIX,
  answer(problem) {
    return {
      status: dropInStatus(problem.code),
      type: 'application/json',
      body: { ...fieldsOf(problem), detail: problem.detail },
    };
  },
};

/** The status that a problem has in this protocol. */
export function dropInStatus(code: ProblemCode): number {
  if (FIELD_PROBLEMS.has(code)) return 400;
  const { status } = CATALOGUE[code];
  return status === 503 ? 504 : status;
}

function fieldsOf(problem: Problem): Record<string, string[]> {
  // Fields are named by whoever asks: `constructor` is none that is there already.
  const fields = Object.create(null) as Record<string, string[]>;
  for (const { field, message } of problem.errors) (fields[field] ??= []).push(message);
  return fields;
}
