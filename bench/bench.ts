import { type ClientConfig } from 'pg';
import { type DropInClient } from './drop-in-client.js';
import { type Goal } from './goals.js';
import { type Origin } from './load.js';
import { type LoadGenerator } from './load-generator.js';
import { type Options } from './options.js';
import { progress } from './progress.js';
import { type ServerUnderTest } from './server-under-test.js';
import { type Yardstick } from './yardstick.js';

/** A server, and one client of it. */
export interface Target {
  readonly origin: Origin;
  readonly client: DropInClient;
}

/** What every measurement has at hand. */
export interface Bench {
  readonly options: Options;
  /** The server that is measured. */
  readonly target: Target;
  /** The same without timelines, so that SQL answers everything. */
  readonly sqlPath: Target | undefined;
  readonly generator: LoadGenerator;
  readonly yardstick: Yardstick;
  /** What there is if the server and its database are ours. */
  readonly own: Own | undefined;
  /** What went wrong, one sentence each; printed at the end, and the bench then exits with 1. */
  readonly failures: string[];
  readonly interrupted: AbortSignal;
}

export interface Own {
  readonly database: ClientConfig;
  /** Where the database keeps its data. */
  readonly folder: string;
  /** Does something with one more server on the database, which has just become ready. */
  withServer<T>(use: (server: ServerUnderTest) => Promise<T>): Promise<T>;
}

/** One part of the report and the figures behind it. */
export interface Section {
  readonly title: string;
  readonly markdown: string;
  readonly figures: unknown;
  readonly goals?: readonly Goal[];
}

export const CONNECTIONS = 50;

/** Global tags that the bench makes and removes again start so. */
export const DISPOSABLE = 'bench-tmp-';

/**
 * Measures something whose failure is noted and does not end the bench.
 *
 * @returns undefined if it failed
 * @throws whatever failed after an interruption
 */
export async function attempt<T>(
  bench: Pick<Bench, 'failures' | 'interrupted'>,
  what: string,
  measure: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await measure();
  } catch (error) {
    if (bench.interrupted.aborted) throw error;
    const failure = `${what}: ${error instanceof Error ? error.message : String(error)}`;
    bench.failures.push(failure);
    progress(failure);
    return undefined;
  }
}
