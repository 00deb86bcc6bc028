import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { clientConfig } from './client-config.js';
import { type DatabaseConnection, type Log } from './database-connection.js';
import { DatabaseRefusal } from './database-refusal.js';
import { errorCode, errorMessage } from './system-error.js';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
const ATTEMPT_MS = 5_000;

/**
 * Waits until a database takes connections, with growing pauses, and says so at each try.
 *
 * @param options.timeoutMs how long to wait altogether; 0 tries once
 * @throws DatabaseRefusal at once if waiting cannot help (wrong password, unknown database or
 *   user), or when the time is over; the reason of `stop` if that was aborted meanwhile
 */
export async function waitForDatabase(
  connection: DatabaseConnection,
  options: { log: Log; timeoutMs: number; stop?: AbortSignal },
): Promise<void> {
  const { log, timeoutMs, stop } = options;
  const where = `PostgreSQL at ${connection.host}:${connection.port}`;
  const deadline = Date.now() + timeoutMs;
  for (let next = FIRST_PAUSE_MS; ; next = Math.min(2 * next, LONGEST_PAUSE_MS)) {
    stop?.throwIfAborted();
    try {
      await tryOnce(connection);
      return;
    } catch (error) {
      const lasting = lastingReason(error, connection);
      if (lasting !== undefined) throw new DatabaseRefusal(`${where} ${lasting}.`);
      const reason = passingReason(error);
      if (Date.now() + next > deadline) {
        throw new DatabaseRefusal(`${where} cannot be reached (${reason}).`);
      }
      log.info(`Waiting for ${where} (${reason}), next try in ${next / 1000} s`);
      await pause(next, undefined, stop && { signal: stop }).catch(() => undefined);
    }
  }
}

async function tryOnce(connection: DatabaseConnection): Promise<void> {
  const client = new pg.Client({
    ...clientConfig(connection),
    connectionTimeoutMillis: ATTEMPT_MS,
  });
  // A connection lost between the answers is told by the next answer.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end();
  }
}

function lastingReason(error: unknown, { user, database }: DatabaseConnection): string | undefined {
  switch (errorCode(error)) {
    case '28P01':
      return `refuses user "${user}": the user is unknown or the password is wrong`;
    case '28000':
      return `refuses user "${user}" (${errorMessage(error)})`;
    case '3D000':
      return `has no database "${database}": create it (CREATE DATABASE), Tempora fills it`;
    case '42501':
      return `does not let user "${user}" connect to database "${database}"`;
    default:
      // node-postgres has no code for a password that is asked for and not there.
      return errorMessage(error).startsWith('SASL')
        ? `asks user "${user}" for a password, but none is set`
        : undefined;
  }
}

function passingReason(error: unknown): string {
  const reasons: Record<string, string> = {
    ECONNREFUSED: 'connection refused',
    ECONNRESET: 'connection reset',
    ENOTFOUND: 'host name unknown',
    EAI_AGAIN: 'host name unknown',
    ETIMEDOUT: 'no answer',
    EHOSTUNREACH: 'host unreachable',
    ENETUNREACH: 'network unreachable',
    '53300': 'too many connections',
  };
  return reasons[errorCode(error)] ?? errorMessage(error);
}
