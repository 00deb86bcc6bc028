import { type ClientBase } from 'pg';
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
}

/**
 * Our statements have one good plan each, whatever their parameters: without `force_generic_plan`,
 * those that take arrays are planned at each execution, for longer than they run. In a session that
 * is lent by a pooler nothing is set: somebody else would find it there.
 */
const SET_IF_OWN = `
  SELECT set_config('plan_cache_mode', 'force_generic_plan', false),
         set_config('lock_timeout', $1, false), set_config('statement_timeout', $2, false)
   WHERE pg_backend_pid() = $3`;

/** Makes a new connection ready. */
export function prepareSession({
  prepared,
  ...limits
}: SessionOptions): (client: ClientBase) => Promise<void> {
  const { lockTimeoutMs, statementTimeoutMs } = limits;
  return async (client) => {
    const values = [`${lockTimeoutMs}`, `${statementTimeoutMs}`, processOf(client)];
    const isOwn = (await client.query<object>(SET_IF_OWN, values)).rows.length > 0;
    if (!isOwn) markBorrowed(client, limits);
    const names =
      prepared === 'auto' ? isOwn || (await keepsNamesApart(client)) : prepared === 'on';
    if (!names) refuseNames(client);
  };
}
