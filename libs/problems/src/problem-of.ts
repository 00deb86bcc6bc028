import { Problem } from './problem.js';

/** A refused connection, a closed one, a server that starts or stops: nothing wrong with the question. */
const UNAVAILABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '55000', // object_not_in_prerequisite_state: the database takes no connections at the moment
  '53300', // too_many_connections
  '25006', // read_only_sql_transaction: the server became a replica
  '40001', // serialization_failure, after the retries
  '40P01', // deadlock_detected, after the retries
  '55P03', // lock_not_available: lock_timeout
]);

/** By statement_timeout. */
const QUERY_CANCELED = '57014';

/** node-postgres gives these no code. */
const UNAVAILABLE_MESSAGES = new Set([
  'Connection terminated unexpectedly',
  'Connection terminated',
  'Connection terminated due to connection timeout',
  'timeout exceeded when trying to connect',
  'Client was closed and is not queryable',
  'Client has encountered a connection error and is not queryable',
]);

/** The problem behind any error: itself, one of the database, or a defect of ours. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : '';
  if (
    (code !== undefined && (UNAVAILABLE.has(code) || code.startsWith('08'))) ||
    UNAVAILABLE_MESSAGES.has(message)
  ) {
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

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
