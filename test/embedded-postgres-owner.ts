import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type DatabaseConnection, type EmbeddedPostgresOptions } from '#database';
import { forkProcess } from './compiled-sources.js';

type Options = Omit<EmbeddedPostgresOptions, 'log'> & { runAs?: number };
type Told = { connection: DatabaseConnection } | { refused: string } | { said: string };

/** A process of its own that has started an embedded PostgreSQL. */
export interface Owner {
  process: ChildProcess;
  connection: DatabaseConnection;
  /** what it has logged so far */
  said: string[];
  /** ends it as it should end */
  stop(): Promise<void>;
  /** kill -9 */
  kill(): Promise<void>;
}

/**
 * Starts such a process.
 *
 * @param clone another repository whose sources it runs
 * @throws Error with the refusal
 */
export async function startOwner(options: Options, clone?: string): Promise<Owner> {
  const args = [JSON.stringify({ durable: false, ...options })];
  // A process group of its own, as a terminal gives to a command.
  const forkOptions = { detached: true };
  const child =
    clone === undefined
      ? await forkProcess('embedded-postgres', args, forkOptions)
      : fork(join(clone, 'test/embedded-postgres-process.ts'), args, {
          ...forkOptions,
          execArgv: ['--import', join(clone, 'test/register-typescript.mjs')],
          cwd: clone,
        });
  const exited = once(child, 'exit');
  const said: string[] = [];
  const connection = await new Promise<DatabaseConnection>((resolve, reject) => {
    child.on('message', (told: Told) => {
      if ('said' in told) said.push(told.said);
      else if ('refused' in told) reject(new Error(told.refused));
      else resolve(told.connection);
    });
    child.on('exit', (code) => {
      reject(new Error(`ended with code ${String(code)} before it had started`));
    });
  });
  return {
    process: child,
    connection,
    said,
    async stop() {
      child.send('stop');
      await exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
