import { serverLost } from '#problems';
import { errorCode } from './system-error.js';

const IDLE_SESSION_TIMEOUT = '57P05';

/** Whether an error is of the connection or the server, not of the statement. */
export function connectionLost(error: unknown): boolean {
  return serverLost(error) || errorCode(error) === IDLE_SESSION_TIMEOUT;
}
