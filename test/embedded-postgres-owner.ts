import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type DatabaseConnection, type EmbeddedPostgresOptions } from '#database';

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
 * @param clone where the sources are, this repository by default
 * @throws Error with the refusal
 */
export async function startOwner(options: Options, clone?: string): Promise<Owner> {
  const root = clone ?? join(import.meta.dirname, '..');
  const child = fork(
    join(root, 'test/embedded-postgres-process.ts'),
    [JSON.stringify({ durable: false, ...options })],
    {
      execArgv: ['--import', join(root, 'test/register-typescript.mjs')],
      cwd: root,
      // A process group of its own, as a terminal gives to a command.
      detached: true,
    },
  );
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
