import { type ClientBase } from 'pg';
import { type EntityManager } from 'typeorm';
import { type Action, type PermissionObject } from '#auth';
import { type Caller, SERVICE } from '../auth/caller.js';
import { JsonText } from '../http/int64-json.js';
import { execute, type Statement } from './query.js';

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
