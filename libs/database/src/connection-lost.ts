import { errorCode, errorMessage } from './system-error.js';

const LOST = new Set([
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
  '57P05', // idle_session_timeout
  '53300', // too_many_connections
  '55000', // object_not_in_prerequisite_state: the database takes no connections at the moment
]);

/** node-postgres gives these no code. */
const LOST_MESSAGES = new Set([
  'Connection terminated unexpectedly',
  'Connection terminated',
  'Connection terminated due to connection timeout',
  'timeout exceeded when trying to connect',
  'Client was closed and is not queryable',
  'Client has encountered a connection error and is not queryable',
]);

/** Whether an error is of the connection or the server, not of the statement. */
export function connectionLost(error: unknown): boolean {
  const code = errorCode(error);
  return LOST.has(code) || code.startsWith('08') || LOST_MESSAGES.has(errorMessage(error));
}
