import { Inject, Injectable } from '@nestjs/common';
import { type ClientBase } from 'pg';
import { DataSource } from 'typeorm';
import { type Action, type PermissionObject } from '#auth';
import { type Config } from '#config';
import { limitsToSet } from '#database';
import { Histogram, SECONDS } from '#observability';
import { codeOf, Problem } from '#problems';
import { type Caller, SERVICE } from '../auth/caller.js';
import { CONFIG } from '../config.token.js';
import { JsonText } from '../http/int64-json.js';
import { Changes } from './changes.js';
import { confirmed } from './confirmed-commit.js';
import { constraintProblem } from './constraint-problem.js';
import { QueryWatch } from './query-watch.js';
import { execute, type Statement, watchQueries } from './query.js';
import { type Limited, type Outcome, type PipeliningClient, transaction } from './transaction.js';
import { Turns } from './turns.js';
import { type LastJson, Tx } from './tx.js';

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
        if (attempt < TRIES && WORTH_ANOTHER_TRY.has(codeOf(error) ?? '')) {
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

class Rehearsed extends Error {
  constructor(readonly result: unknown) {
    super('rehearsed');
  }
}
