import { type ClientConfig } from 'pg';
import { type DropInClient } from './drop-in-client.js';
import { type Origin } from './load.js';
import { type LoadGenerator } from './load-generator.js';
import { type Options } from './options.js';
import { progress } from './progress.js';
import { type Yardstick } from './yardstick.js';

/** What every measurement has at hand. */
export interface Bench {
  readonly options: Options;
  /** The server that is measured. */
  readonly server: Origin;
  readonly client: DropInClient;
  readonly generator: LoadGenerator;
  readonly yardstick: Yardstick;
  /** The server's database, if it is ours. */
  readonly database: ClientConfig | undefined;
  /** What went wrong, one sentence each; printed at the end, and the bench then exits with 1. */
  readonly failures: string[];
  readonly interrupted: AbortSignal;
}

/** One table of the report and the figures behind it. */
export interface Section {
  readonly title: string;
  readonly markdown: string;
  readonly figures: unknown;
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
  bench: Bench,
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
