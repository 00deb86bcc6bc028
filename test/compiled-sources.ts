import { type ChildProcess, fork, type ForkOptions } from 'node:child_process';
import { join } from 'node:path';
import { shared } from './shared.js';

/** The folder that holds the programs as plain JavaScript, for a process to load. */
export async function compiledSources(): Promise<string> {
  return (await shared('sources')) as string;
}

/** Starts `test/{name}-process.ts`. */
export async function forkProcess(
  name: string,
  args: string[] = [],
  options: ForkOptions = {},
): Promise<ChildProcess> {
  return fork(join(await compiledSources(), `test/${name}-process.js`), args, options);
}
