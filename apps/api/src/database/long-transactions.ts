import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { Problem } from '#problems';
import { type Caller } from '../auth/caller.js';
import { type Changes } from './changes.js';
import { confirmed } from './confirmed-commit.js';
import { constraintProblem } from './constraint-problem.js';
import { type QueryWatch } from './query-watch.js';
import { execute, watchQueries } from './query.js';
import { BEGIN, CARRY, COMMIT, rollBack } from './transaction.js';
import { Tx } from './tx.js';

/** A transaction into which rows can be poured. */
export class LongTx extends Tx {
  /** @param rows in the text format of COPY */
  async copy(statement: string, rows: string): Promise<void> {
    await pipeline(Readable.from([rows]), this.client.query(copyFrom(statement)));
  }
}

/**
 * Transactions that last as long as a client takes to send what they write. They have a few
 * connections of their own, opened for the first of them, so that slow clients hold up nobody else.
 */
@Injectable()
export class LongTransactions implements OnApplicationShutdown {
  private opened: Promise<DataSource> | undefined;
  private running = 0;

  /** @param atOnce how many may run at the same time, ≥ 1 */
  constructor(
    private readonly options: DataSourceOptions,
    private readonly atOnce: number,
    private readonly changes: Changes,
    private readonly watch: QueryWatch,
  ) {}

  /**
   * Does the work once, wholly or not at all; whoever asks this process afterwards sees it.
   * @throws Problem overloaded if as many as may are running
   */
  async run<T>(by: Caller, work: (tx: LongTx) => Promise<T>): Promise<T> {
    if (this.running >= this.atOnce) {
      throw new Problem(
        'overloaded',
        `The server is taking ${this.atOnce} long bodies already, as many as it does at once. Try again in a moment.`,
      );
    }
    this.running++;
    try {
      const result = await this.once(by, work);
      this.changes.written();
      await this.changes.passed();
      return result;
    } catch (error) {
      throw constraintProblem(error) ?? error;
    } finally {
      this.running--;
    }
  }

  private async once<T>(by: Caller, work: (tx: LongTx) => Promise<T>): Promise<T> {
    const runner = (await this.open()).createQueryRunner('master');
    try {
      const client = (await runner.connect()) as PoolClient;
      watchQueries(client, this.watch);
      const tx = new LongTx(runner.manager, client, by);
      try {
        await execute(client, BEGIN);
        await execute(client, CARRY, [by.actor]);
        const result = await work(tx);
        tx.refuseUnasked();
        await confirmed(client, () => execute(client, COMMIT));
        tx.committed();
        return result;
      } catch (error) {
        await rollBack(client);
        throw error;
      }
    } finally {
      await runner.release();
    }
  }

  private async open(): Promise<DataSource> {
    const opening = (this.opened ??= new DataSource(this.options).initialize());
    try {
      return await opening;
    } catch (error) {
      // The next one may find the database.
      if (this.opened === opening) this.opened = undefined;
      throw error;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await (await this.opened?.catch(() => undefined))?.destroy();
  }
}
