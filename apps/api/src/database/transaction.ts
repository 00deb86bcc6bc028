import { type PoolClient } from 'pg';
import { limitsToSet } from '#database';
import { type Caller } from '../auth/caller.js';
import { type JsonText } from '../http/int64-json.js';
import { confirmed, Unconfirmed } from './confirmed-commit.js';
import { type Statement } from './query.js';
import { LastJson, type Tx } from './tx.js';

/** What work gives once it is committed. */
export type Outcome<T> = T extends LastJson ? JsonText : T;

/** What node-postgres lets be changed while nothing is under way: whether statements wait for each other. */
export type PipeliningClient = PoolClient & { pipeline: boolean };

export const BEGIN: Statement = { label: 'begin', text: 'BEGIN' };
export const COMMIT: Statement = { label: 'commit', text: 'COMMIT' };
/** $1: who asks for the transaction. */
export const CARRY: Statement = {
  name: 'carry-actor',
  text: `SELECT set_config('tempora.actor', $1, true)`,
};
/** The same. $2: how long each statement of it may take. */
const CARRY_LIMITED: Statement = {
  name: 'carry-actor-limited',
  text: `SELECT set_config('tempora.actor', $1, true), set_config('statement_timeout', $2, true)`,
};

/** What a session of its own has been given. $1: how long to wait for a lock. */
const LIMIT: Statement = {
  name: 'limit-transaction',
  text: `SELECT set_config('plan_cache_mode', 'force_generic_plan', true),
                set_config('lock_timeout', $1, true)`,
};

/** Who asks for a transaction, and how long each statement of it may take, milliseconds. */
export interface Limited {
  readonly by: Caller;
  readonly timeoutMs: number;
}

/** Does the work between BEGIN and COMMIT; a statement is sent before the one before is answered. */
export async function transaction<T>(
  client: PipeliningClient,
  tx: Tx,
  { by, timeoutMs }: Limited,
  work: (tx: Tx) => Promise<T>,
): Promise<Outcome<T>> {
  try {
    client.pipeline = true;
    tx.send(BEGIN);
    tx.send(CARRY_LIMITED, [by.actor, `${timeoutMs}`]);
    const limits = limitsToSet(client);
    if (limits) tx.send(LIMIT, [`${limits.lockTimeoutMs}`]);
    const result = await work(tx);
    return await confirmed(client, () => finish(tx, result));
  } catch (error) {
    await rollBack(client);
    const before = await Promise.allSettled([tx.heard()]);
    // What was sent before tells the reason, what came after it only that there is one.
    if (before[0].status === 'rejected' && !(error instanceof Unconfirmed)) throw before[0].reason;
    throw error;
  } finally {
    // Copying and cursors, which others may use it for, do without.
    client.pipeline = false;
  }
}

async function finish<T>(tx: Tx, result: T): Promise<Outcome<T>> {
  tx.refuseUnasked();
  const isLast = result instanceof LastJson;
  const body = isLast ? tx.json(result.statement, result.values) : undefined;
  tx.send(COMMIT);
  // None is left alone: the connection is given back afterwards.
  const [heard, shown] = await Promise.allSettled([tx.heard(), body]);
  if (heard.status === 'rejected') throw heard.reason;
  if (shown.status === 'rejected') throw shown.reason;
  return (isLast ? shown.value : result) as Outcome<T>;
}

/** A connection on which even that fails is not used again. */
export async function rollBack(client: PoolClient): Promise<void> {
  try {
    await client.query('ROLLBACK');
  } catch {
    client.connection.stream.destroy();
  }
}
