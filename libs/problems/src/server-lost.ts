const LOST = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
  '25P03', // idle_in_transaction_session_timeout
  '25P04', // transaction_timeout
  '55000', // object_not_in_prerequisite_state: the database takes no connections at the moment
  '53300', // too_many_connections
]);

/** node-postgres gives these no code. */
const LOST_MESSAGES = new Set([
  'Connection terminated unexpectedly',
  'Connection terminated',
  'Connection terminated due to connection timeout',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
  // A server that cannot start a process for it answers so.
  'There was an error establishing an SSL connection',
  'Client was closed and is not queryable',
  'Client has encountered a connection error and is not queryable',
]);

/** A refused connection, a closed one, a server that starts or stops: nothing wrong with the question. */
export function serverLost(error: unknown): boolean {
  const code = textOf(error, 'code') ?? '';
  if (LOST.has(code) || code.startsWith('08')) return true;
  // The Unix socket of a server that does not run.
  if (code === 'ENOENT') return textOf(error, 'syscall') === 'connect';
  return LOST_MESSAGES.has(textOf(error, 'message') ?? '');
}

/** The code that the system or PostgreSQL gave an error. */
export function codeOf(error: unknown): string | undefined {
  return textOf(error, 'code');
}

function textOf(error: unknown, field: 'code' | 'message' | 'syscall'): string | undefined {
  // Node's own errors are no `instanceof Error` where code runs in a context of its own.
  if (typeof error !== 'object' || error === null) return undefined;
  const value = (error as Record<string, unknown>)[field];
  return typeof value === 'string' ? value : undefined;
}
