import { type Client, type ClientBase } from 'pg';
import { answerWithin } from './answer-within.js';
import {
  keepsNamesApart,
  markBorrowed,
  processOf,
  refuseNames,
  type SessionLimits,
} from './borrowed-session.js';

/** Whether statements are prepared by name: where that works, always, or never. */
export type PreparedStatements = 'auto' | 'on' | 'off';

export interface SessionOptions extends SessionLimits {
  readonly prepared: PreparedStatements;
  /** how long the server may take to answer, milliseconds */
  readonly waitMs: number;
  /**
   * Whether a server that follows another is refused. A name that leads to the primary may lead to a
   * replica while another is promoted: the connection would refuse every write for as long as it lasts.
   */
  readonly onlyPrimary: boolean;
}

/**
 * Our statements have one good plan each, whatever their parameters: without `force_generic_plan`,
 * those that take arrays are planned at each execution, for longer than they run. In a session that
 * is lent by a pooler nothing is set: somebody else would find it there.
 */
const SET_IF_OWN = `
  SELECT pg_is_in_recovery() AS follows, own,
         CASE WHEN own THEN set_config('plan_cache_mode', 'force_generic_plan', false) END,
         CASE WHEN own THEN set_config('lock_timeout', $1, false) END,
         CASE WHEN own THEN set_config('statement_timeout', $2, false) END
    FROM (SELECT pg_backend_pid() = $3 AS own) AS session`;

interface SessionRow {
  follows: boolean;
  own: boolean;
}

/** Makes a new connection ready. */
export function prepareSession(options: SessionOptions): (client: ClientBase) => Promise<void> {
  return (client) => answerWithin(options.waitMs, client as Client, prepare(client, options));
}

async function prepare(
  client: ClientBase,
  { prepared, onlyPrimary, lockTimeoutMs, statementTimeoutMs }: SessionOptions,
): Promise<void> {
  const values = [`${lockTimeoutMs}`, `${statementTimeoutMs}`, processOf(client)];
  const [session] = (await client.query<SessionRow>(SET_IF_OWN, values)).rows;
  const own = session?.own === true;
  if (onlyPrimary && session?.follows === true) throw new NoPrimary();
  if (!own) markBorrowed(client, { lockTimeoutMs, statementTimeoutMs });
  const names = prepared === 'auto' ? own || (await keepsNamesApart(client)) : prepared === 'on';
  if (!names) refuseNames(client);
}

/** Reads as what PostgreSQL says of a server that does not take such connections at the moment. */
class NoPrimary extends Error {
  readonly code = '55000';
  constructor() {
    super('the server that is to be written to follows another at the moment');
  }
}
