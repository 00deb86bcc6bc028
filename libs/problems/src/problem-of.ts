import { Problem } from './problem.js';
import { codeOf } from './error-field.js';
import { serverLost } from './server-lost.js';

/** The server is there, but does not do it now: nothing wrong with the question. */
const UNAVAILABLE = new Set([
  '25006', // read_only_sql_transaction: the server became a replica
  '40001', // serialization_failure, after the retries
  '40P01', // deadlock_detected, after the retries
  '55P03', // lock_not_available: lock_timeout
]);

/** By statement_timeout. */
const QUERY_CANCELED = '57014';

/** The problem behind any error: itself, one of the database, or a defect of ours. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const code = codeOf(error);
  if (serverLost(error) || (code !== undefined && UNAVAILABLE.has(code))) {
    return new Problem(
      'database-unavailable',
      'The database does not answer at the moment. Try again in a few seconds.',
      [],
      { cause: error },
    );
  }
  if (code === QUERY_CANCELED) {
    return new Problem(
      'statement-too-long',
      'The database ended this request: a step of it took longer than the server allows. Nothing was changed. Ask for less at once.',
      [],
      { cause: error },
    );
  }
  if (code?.startsWith('22') === true) {
    return new Problem('invalid-request', 'A value cannot be stored as it was sent.', [], {
      cause: error,
    });
  }
  return new Problem(
    'internal-error',
    'Something went wrong on the server. The request id in the header X-Request-Id names it.',
    [],
    { cause: error },
  );
}
