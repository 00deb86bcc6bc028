import { DataSource, type QueryRunner } from 'typeorm';
import { type IovMode } from '#iov';
import { type DatabaseConnection, type Log } from '../database-connection.js';
import { DatabaseRefusal } from '../database-refusal.js';
import { existingTables } from '../existing-tables.js';
import { postgresOptions } from '../postgres-options.js';
import { rowsOf } from '../rows-of.js';
import { schemaState } from '../schema-state.js';
import {
  type Broken,
  type ListPromise,
  type PayloadPromise,
  type StatePromise,
} from './database-promise.js';
import { LAST_PROMISES, LIST_PROMISES, PAYLOAD_PROMISES, STATE_PROMISES } from './promises.js';
import { walkLists, type WalkOptions, walkPayloads } from './walks.js';

/** How a promise is kept. */
export interface CheckFinding extends Broken {
  readonly name: string;
  readonly sentence: string;
  /** The rules allow it: it is only told. */
  readonly legal: boolean;
  /** How many of those that were found are mended now. */
  readonly repaired: number;
  readonly advice: string;
}

export interface CheckOptions {
  /** `CDB_IOV_MODE` */
  readonly mode: IovMode;
  /** Whether what is safe to mend is mended; else nothing is written. */
  readonly repair: boolean;
  readonly log: Log;
  /** Told, again and again, how much of how much is walked; both are payloads, each of them comes twice. */
  readonly progress: (walked: number, of: number) => void;
}

/**
 * Looks at everything that a database promises. It is walked some rows at a time, in memory that does
 * not depend on how many there are, and beside readers and writers.
 * @returns one finding for each promise, kept or not
 * @throws DatabaseRefusal if it has none of our tables
 */
export async function checkDatabase(
  connection: DatabaseConnection,
  options: CheckOptions,
): Promise<CheckFinding[]> {
  return withSession(connection, { readOnly: !options.repair }, async (database) => {
    if ((await existingTables(database)) === 'none') {
      throw new DatabaseRefusal('The database is empty: there is nothing to check.');
    }
    const adopted = (await schemaState(database)) !== 'empty';
    const asked = (promises: readonly StatePromise[]): readonly StatePromise[] =>
      promises.filter(({ beforeAdoption }) => adopted || beforeAdoption === true);
    // Before adoption nothing is mended: the migration does that.
    const repair = options.repair && adopted;
    const findings: CheckFinding[] = [];
    for (const promise of asked(STATE_PROMISES)) {
      findings.push(await checkState(database, promise, { ...options, repair }));
    }
    findings.push(...(await walk(database, { ...options, repair })));
    for (const promise of asked(LAST_PROMISES)) {
      findings.push(await checkState(database, promise, { ...options, repair }));
    }
    return findings;
  });
}

/** Lends a session in which, unless it is to write, nothing can be written. */
export async function withSession<T>(
  connection: DatabaseConnection,
  { readOnly }: { readOnly: boolean },
  work: (database: QueryRunner) => Promise<T>,
): Promise<T> {
  const dataSource = new DataSource(
    postgresOptions(connection, { poolSize: 1, applicationName: 'Tempora check' }),
  );
  await dataSource.initialize();
  const database = dataSource.createQueryRunner();
  try {
    await database.query(`SET default_transaction_read_only = ${readOnly ? 'on' : 'off'}`);
    return await work(database);
  } finally {
    await database.release();
    await dataSource.destroy();
  }
}

async function checkState(
  database: QueryRunner,
  promise: StatePromise,
  { mode, repair, log }: CheckOptions,
): Promise<CheckFinding> {
  const found = await promise.find(database, mode);
  if (found.count === 0 || !repair || promise.repair === undefined) {
    return finding(promise, found, 0, found.count);
  }
  await promise.repair(database, log);
  const left = await promise.find(database, mode);
  return finding(
    promise,
    left.count === 0 ? found : left,
    Math.max(0, found.count - left.count),
    found.count,
  );
}

async function walk(database: QueryRunner, options: CheckOptions): Promise<CheckFinding[]> {
  const [estimate] = await rowsOf<{ rows: number }>(
    database,
    `SELECT greatest(reltuples, 0)::float8 AS rows FROM pg_class WHERE oid = '"PayloadIOV"'::regclass`,
  );
  let walked = 0;
  const walkOptions: WalkOptions = {
    mode: options.mode,
    repair: options.repair,
    advance: (rows) => {
      walked += rows;
      options.progress(walked, 2 * (estimate?.rows ?? 0));
    },
  };
  const payloads = await walkPayloads(database, PAYLOAD_PROMISES, walkOptions);
  const lists = await walkLists(database, LIST_PROMISES, walkOptions);
  return [...payloads, ...lists].map(([promise, found]) =>
    finding(promise, found, found.repaired, found.count),
  );
}

function finding(
  { name, sentence, legal, advice }: PayloadPromise | ListPromise | StatePromise,
  { examples }: Broken,
  repaired: number,
  count: number,
): CheckFinding {
  return { name, sentence, legal: legal === true, count, examples, repaired, advice };
}
