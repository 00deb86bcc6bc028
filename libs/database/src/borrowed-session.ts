import { type ClientBase } from 'pg';
import { errorCode } from './system-error.js';

/**
 * What a pooler such as PgBouncer lends: a connection to it has a session of PostgreSQL for one
 * transaction at a time, another one each time. What is set, prepared or locked in it for longer is
 * somebody else's afterwards.
 */

/** Limits of a session, milliseconds; 0: none. */
export interface SessionLimits {
  /** how long to wait for what another has locked */
  readonly lockTimeoutMs: number;
  /** how long to work on one statement */
  readonly statementTimeoutMs: number;
}

const borrowed = new WeakMap<ClientBase, SessionLimits>();
const nameless = new WeakSet<ClientBase>();

const DUPLICATE_PREPARED_STATEMENT = '42P05';
const PROBE = 'tempora-probe';
/** By what name the server knows this very statement. */
const NAME_OF_PROBE = `
  SELECT name FROM pg_prepared_statements WHERE statement LIKE '%by what name%' /* by what name */`;

/** What PostgreSQL or a pooler said its process is: a pooler makes up a number. */
export function processOf(client: ClientBase): number {
  return (client as { processID?: number }).processID ?? 0;
}

/** Sessions are lent to this connection, and each transaction has to set these limits for itself. */
export function markBorrowed(client: ClientBase, limits: SessionLimits): void {
  borrowed.set(client, limits);
}

/** What a transaction has to set for itself; undefined: the session is its own, and has limits. */
export function limitsToSet(client: ClientBase): SessionLimits | undefined {
  return borrowed.get(client);
}

/** No statement is to be prepared by name on this connection. */
export function refuseNames(client: ClientBase): void {
  nameless.add(client);
}

/** Whether statements may be prepared once by name, and executed by it afterwards. */
export function takesNames(client: ClientBase): boolean {
  return !nameless.has(client);
}

/**
 * Whether a pooler keeps the named statements of its clients apart: it gives them names of its own
 * then, as PgBouncer does from 1.21 on if `max_prepared_statements` is above 0.
 */
export async function keepsNamesApart(client: ClientBase): Promise<boolean> {
  await client.query('BEGIN');
  try {
    const { rows } = await client.query<{ name: string }>({ name: PROBE, text: NAME_OF_PROBE });
    if (rows.every(({ name }) => name !== PROBE)) return true;
    await client.query(`DEALLOCATE "${PROBE}"`);
    return false;
  } catch (error) {
    if (errorCode(error) === DUPLICATE_PREPARED_STATEMENT) return false;
    throw error;
  } finally {
    await client.query('ROLLBACK');
  }
}
