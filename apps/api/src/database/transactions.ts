import { Inject, Injectable } from '@nestjs/common';
import { type ClientBase } from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import { type Config } from '#config';
import { CONFIG } from '../config.token.js';
import { JsonText } from '../http/int64-json.js';
import { Changes } from './changes.js';
import { constraintProblem } from './constraint-problem.js';
import { execute, type Statement } from './query.js';
import { WriterTurns } from './writer-turns.js';

/** An open transaction on the primary. It is handed down; inside it nothing else is used. */
export class Tx {
  constructor(
    readonly manager: EntityManager,
    private readonly client: ClientBase,
  ) {}

  /** The rows of a statement; int8 columns are bigint. */
  async rows<R extends object>(statement: Statement, values?: readonly unknown[]): Promise<R[]> {
    return (await execute<R>(this.client, statement, values)).rows;
  }

  /** The JSON that a statement writes into its only row, as `body`. */
  async json(statement: Statement, values: readonly unknown[]): Promise<JsonText> {
    const [row] = await this.rows<{ body: string }>(statement, values);
    return new JsonText(row?.body ?? 'null');
  }

  /** How many rows a statement touched. */
  async count(statement: Statement, values?: readonly unknown[]): Promise<number> {
    return (await execute(this.client, statement, values)).rowCount ?? 0;
  }
}

/** Two transactions met: PostgreSQL undid one, which may simply be done again. */
const WORTH_ANOTHER_TRY = new Set(['40001', '40P01']);
const TRIES = 4;
/** The rest of the connections is for those who read. */
const WRITERS_SHARE = 0.5;

@Injectable()
export class Transactions {
  private readonly turns: WriterTurns;

  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: Changes,
    @Inject(CONFIG) { database: { poolSize } }: Config,
  ) {
    this.turns = new WriterTurns(Math.ceil(poolSize * WRITERS_SHARE));
  }

  /**
   * Does the work wholly or not at all; whoever asks this process afterwards sees it. The work may
   * be done again after a deadlock, so it must only use `tx`.
   */
  async run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const result = await this.commit(work);
    this.changes.written();
    await this.changes.passed();
    return result;
  }

  private async commit<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once(work);
      } catch (error) {
        if (attempt < TRIES && WORTH_ANOTHER_TRY.has(String(codeOf(error)))) continue;
        throw constraintProblem(error) ?? error;
      }
    }
  }

  /** One statement that writes, a transaction by itself: the JSON it tells as `body`. */
  async single(statement: Statement, values: readonly unknown[]): Promise<JsonText> {
    const told = await this.turns.take(() => this.alone(statement, values));
    this.changes.written();
    return told;
  }

  private async alone(statement: Statement, values: readonly unknown[]): Promise<JsonText> {
    const runner = this.dataSource.createQueryRunner('master');
    try {
      const client = (await runner.connect()) as ClientBase;
      const [row] = (await execute<{ body: string }>(client, statement, values)).rows;
      return new JsonText(row?.body ?? 'null');
    } catch (error) {
      throw constraintProblem(error) ?? error;
    } finally {
      await runner.release();
    }
  }

  /** Does the work, tells its result, and undoes it. */
  async rehearse<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    try {
      return await this.commit(async (tx) => {
        throw new Rehearsed(await work(tx));
      });
    } catch (error) {
      if (error instanceof Rehearsed) return error.result as T;
      throw error;
    }
  }

  private once<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.turns.take(() =>
      this.dataSource.transaction(async (manager) => {
        const client = (await manager.queryRunner?.connect()) as ClientBase;
        return work(new Tx(manager, client));
      }),
    );
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
