import { type ClientBase } from 'pg';

/**
 * Our statements have one good plan each, whatever their parameters: without this, those that take
 * arrays are planned at each execution, for longer than they run.
 *
 * @param lockTimeoutMs how long to wait for what another has locked, milliseconds; 0: as long as it takes
 * @param statementTimeoutMs how long to work on one statement, milliseconds; 0: as long as it takes
 */
export function prepareSession(
  lockTimeoutMs: number,
  statementTimeoutMs: number,
): (client: ClientBase) => Promise<void> {
  return async (client) => {
    await client.query(
      `SET plan_cache_mode = force_generic_plan; SET lock_timeout = ${lockTimeoutMs};
       SET statement_timeout = ${statementTimeoutMs}`,
    );
  };
}
