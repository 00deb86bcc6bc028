import { Inject, Injectable } from '@nestjs/common';
import { type ClientBase, type PoolClient } from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import { type Action, type PermissionObject } from '#auth';
import { type Config } from '#config';
import { limitsToSet } from '#database';
import { Histogram, SECONDS } from '#observability';
import { Problem } from '#problems';
import { type Caller, SERVICE } from '../auth/caller.js';
import { CONFIG } from '../config.token.js';
import { JsonText } from '../http/int64-json.js';
import { Changes } from './changes.js';
import { confirmed, Unconfirmed } from './confirmed-commit.js';
import { QueryWatch } from './query-watch.js';
import { constraintProblem } from './constraint-problem.js';
import { execute, type Statement, watchQueries } from './query.js';
import { Turns } from './turns.js';

/** The statement that a transaction ends with: it and the commit go to PostgreSQL together. */
export class LastJson {
  constructor(
    readonly statement: Statement,
    readonly values: readonly unknown[],
  ) {}
}

/**
 * An open transaction on the primary. It is handed down; inside it nothing else is used. Statements
 * that are not waited for are on their way together, and run one after the other.
 */
export class Tx {
  private demanded = false;
  private readonly unheard: Promise<unknown>[] = [];
  private readonly whenCommitted: (() => void)[] = [];

  constructor(
    readonly manager: EntityManager,
    protected readonly client: ClientBase,
    private readonly by: Caller,
  ) {}

  /**
   * Asks whether whoever wants this transaction may do this to that. What is asked about is as it is
   * in the transaction, under its locks.
   * @throws Problem unauthenticated, forbidden
   */
  demand(action: Action, object: PermissionObject): void {
    this.demanded = true;
    this.by.demand(action, object);
  }

  /** Does something, which cannot fail, once all of it is committed. */
  afterCommit(work: () => void): void {
    this.whenCommitted.push(work);
  }

  committed(): void {
    for (const work of this.whenCommitted) work();
  }

  /** @throws Error where nothing was demanded: what nobody asked about is not done */
  refuseUnasked(): void {
    if (this.demanded || this.by === SERVICE) return;
    throw new Error('A transaction was about to end that asked for no right.');
  }

  /** The rows of a statement; int8 columns are bigint. */
  async rows<R extends object>(statement: Statement, values?: readonly unknown[]): Promise<R[]> {
    return (await execute<R>(this.client, statement, values)).rows;
  }

  /** The JSON that a statement writes into its only row, as `body`. */
  async json(statement: Statement, values: readonly unknown[]): Promise<JsonText> {
    const [row] = await this.rows<{ body: string }>(statement, values);
    return new JsonText(row?.body ?? 'null');
  }

  /** What the transaction ends with: the JSON that a statement writes into its only row. */
  last(statement: Statement, values: readonly unknown[]): LastJson {
    return new LastJson(statement, values);
  }

  /** Sends a statement whose result nobody needs; if it fails, the transaction does. */
  send(statement: Statement, values?: readonly unknown[]): void {
    const sent = execute(this.client, statement, values);
    sent.catch(() => undefined);
    this.unheard.push(sent);
  }

  /** @throws what the first of the statements threw that were only sent */
  async heard(): Promise<void> {
    await Promise.all(this.unheard);
  }

  /** How many rows a statement touched. */
  async count(statement: Statement, values?: readonly unknown[]): Promise<number> {
    return (await execute(this.client, statement, values)).rowCount ?? 0;
  }
}

/** What work gives once it is committed. */
type Outcome<T> = T extends LastJson ? JsonText : T;

/** Two transactions met: PostgreSQL undid one, which may simply be done again. */
const WORTH_ANOTHER_TRY = new Set(['40001', '40P01']);
const TRIES = 4;
/** The rest of the connections is for those who read. */
const WRITERS_SHARE = 0.5;
/** How long a writer waits for its turn, milliseconds. */
const WRITERS_PATIENCE_MS = 30_000;

@Injectable()
export class Transactions {
  /** Writers that wait in the database for each other leave connections to those who read. */
  private readonly turns: Turns;
  readonly counts = { committed: 0, failed: 0, repeated: 0 };
  /** Of those that were committed, from having a connection on; seconds. */
  readonly durations = new Histogram(SECONDS);
  /** How long each statement may take, milliseconds. */
  private readonly timeoutMs: number;

  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: Changes,
    private readonly watch: QueryWatch,
    @Inject(CONFIG) { database: { poolSize, statementTimeoutMs } }: Config,
  ) {
    this.timeoutMs = statementTimeoutMs;
    this.turns = new Turns({
      atOnce: Math.ceil(poolSize * WRITERS_SHARE),
      patienceMs: WRITERS_PATIENCE_MS,
      refusal: () =>
        new Problem(
          'database-unavailable',
          'Others are writing, and it was not the turn of this request in time. Try again in a few seconds.',
        ),
    });
  }

  /** How many wait until it is their turn to write. */
  get writersWaiting(): number {
    return this.turns.waitingCount;
  }

  /**
   * Does the work wholly or not at all; whoever asks this process afterwards sees it. The work may
   * be done again after a deadlock, so it must only use `tx`. It carries who asked for it, as JSON in
   * the setting `tempora.actor`.
   */
  async run<T>(by: Caller, work: (tx: Tx) => Promise<T>): Promise<Outcome<T>> {
    const result = await this.commit(by, work);
    this.changes.written();
    await this.changes.passed();
    return result;
  }

  private async commit<T>(by: Caller, work: (tx: Tx) => Promise<T>): Promise<Outcome<T>> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once(by, work);
      } catch (error) {
        if (attempt < TRIES && WORTH_ANOTHER_TRY.has(String(codeOf(error)))) {
          this.counts.repeated++;
          continue;
        }
        if (!(error instanceof Rehearsed)) this.counts.failed++;
        throw constraintProblem(error) ?? error;
      }
    }
  }

  /**
   * One statement that writes, a transaction by itself: the JSON it tells as `body`. Who asks for it
   * is its last value.
   * @throws Problem unauthenticated, forbidden
   */
  async single(
    by: Caller,
    right: readonly [Action, PermissionObject],
    statement: Statement,
    values: readonly unknown[],
  ): Promise<JsonText> {
    by.demand(...right);
    const told = await this.turns.take(() => this.alone(by, statement, [...values, by.actor]));
    this.changes.written();
    return told;
  }

  private async alone(
    by: Caller,
    statement: Statement,
    values: readonly unknown[],
  ): Promise<JsonText> {
    const runner = this.dataSource.createQueryRunner('master');
    try {
      const client = (await runner.connect()) as PipeliningClient;
      return await this.measured(client, async () => {
        if (limitsToSet(client) !== undefined) {
          const work = (tx: Tx): Promise<LastJson> => Promise.resolve(tx.last(statement, values));
          return transaction(
            client,
            new Tx(runner.manager, client, SERVICE),
            this.limited(by),
            work,
          );
        }
        const { rows } = await confirmed(client, () =>
          execute<{ body: string }>(client, statement, values),
        );
        return new JsonText(rows[0]?.body ?? 'null');
      });
    } catch (error) {
      this.counts.failed++;
      throw constraintProblem(error) ?? error;
    } finally {
      await runner.release();
    }
  }

  private async measured<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
    watchQueries(client, this.watch);
    const began = performance.now();
    const outcome = await work();
    this.counts.committed++;
    this.durations.observe((performance.now() - began) / 1000);
    return outcome;
  }

  private limited(by: Caller): Limited {
    return { by, timeoutMs: this.timeoutMs };
  }

  /** Does the work, tells its result, and undoes it. */
  async rehearse<T>(by: Caller, work: (tx: Tx) => Promise<T>): Promise<T> {
    try {
      return await this.commit(by, async (tx) => {
        const result = await work(tx);
        tx.refuseUnasked();
        throw new Rehearsed(result);
      });
    } catch (error) {
      if (error instanceof Rehearsed) return error.result as T;
      throw error;
    }
  }

  private once<T>(by: Caller, work: (tx: Tx) => Promise<T>): Promise<Outcome<T>> {
    return this.turns.take(async () => {
      const runner = this.dataSource.createQueryRunner('master');
      try {
        const client = (await runner.connect()) as PipeliningClient;
        const tx = new Tx(runner.manager, client, by);
        const outcome = await this.measured(client, () =>
          transaction(client, tx, this.limited(by), work),
        );
        tx.committed();
        return outcome;
      } finally {
        await runner.release();
      }
    });
  }
}

/** What node-postgres lets be changed while nothing is under way: whether statements wait for each other. */
type PipeliningClient = PoolClient & { pipeline: boolean };

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
interface Limited {
  readonly by: Caller;
  readonly timeoutMs: number;
}

async function transaction<T>(
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

class Rehearsed extends Error {
  constructor(readonly result: unknown) {
    super('rehearsed');
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
