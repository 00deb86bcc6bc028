import { codeOf, errorField } from './error-field.js';

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
  const code = codeOf(error) ?? '';
  if (LOST.has(code) || code.startsWith('08')) return true;
  // The Unix socket of a server that does not run.
  if (code === 'ENOENT') return errorField(error, 'syscall') === 'connect';
  return LOST_MESSAGES.has(errorField(error, 'message') ?? '');
}
