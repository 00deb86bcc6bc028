import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Readable } from 'node:stream';
import { compiledSources } from './compiled-sources.js';
import { parseExactly } from './json.js';
import { type Environment } from './server.js';

interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `tempora` as somebody types it, in a process of its own. */
export interface Cli {
  (...args: string[]): Promise<CliRun>;
  /** Runs it with `--json`. @returns what it printed. @throws Error unless it ends with 0 */
  json(...args: string[]): Promise<unknown>;
}

/** One that is running. */
export interface RunningCli {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Once it has ended, and all that it said is read. */
  readonly ended: Promise<CliRun>;
}

/** Begins to run it, without any token but those in `env`. */
export async function startCli(
  server: string,
  args: readonly string[],
  env: Environment = {},
  /** Where it is started. */
  cwd?: string,
): Promise<RunningCli> {
  const program = join(await compiledSources(), 'apps/cli/src/main.js');
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env['PATH'], TEMPORA_SERVER: server, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd,
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
    });
  }
  const ended = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    ...output,
  }));
  return { child, ended };
}

/** One that asks this server. */
export function cliFor(server: string, env: Environment = {}, cwd?: string): Cli {
  const run = async (...args: string[]): Promise<CliRun> =>
    (await startCli(server, args, env, cwd)).ended;
  return Object.assign(run, {
    async json(...args: string[]) {
      const { code, stdout, stderr } = await run(...args, '--json');
      if (code !== 0) throw new Error(`ended with ${String(code)}: ${stderr}`);
      return parseExactly(stdout);
    },
  });
}
