import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type DatabaseConnection } from '#database';
import { compiledSources } from './compiled-sources.js';
import { clientsOf, type Environment, type TestServer } from './server.js';

/** `main.ts` as an operator runs it, in a process of its own, from the sources; it may still be starting. */
export interface StartingProcess {
  readonly pid: number;
  /** What it has said so far. */
  readonly output: Readonly<Output>;
  signal(signal: NodeJS.Signals): void;
  /** Its exit code, once it has ended and all its output is read; null if a signal ended it. */
  readonly ended: Promise<number | null>;
  /**
   * Waits until it has said this.
   * @throws Error with what it said, if it ends before
   */
  said(text: RegExp): Promise<void>;
}

/** One that answers. */
export interface ServiceProcess
  extends StartingProcess, Pick<TestServer, 'url' | 'dropIn' | 'native'> {
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<number | null>;
}

interface Output {
  stdout: string;
  stderr: string;
}

const URL_IN_WELCOME = /^ *Native API +(http:\S+)\/api\/v1$/m;
const END_OF_WELCOME = /^ *curl '.*'$/m;

const running = new Set<ChildProcess>();

/**
 * Starts it on a free port and waits for its welcome.
 * @throws Error with what it said, if it ends before
 */
export async function startService(env: Environment): Promise<ServiceProcess> {
  const starting = await beginService(env);
  await starting.said(END_OF_WELCOME);
  return {
    ...starting,
    ...clientsOf(URL_IN_WELCOME.exec(starting.output.stdout)?.[1] ?? ''),
    stop() {
      starting.signal('SIGTERM');
      return starting.ended;
    },
  };
}

/** Begins to start it on a free port. */
export async function beginService(env: Environment): Promise<StartingProcess> {
  const { child, output, ended } = await spawnService({ PORT: '0', ...env });
  return {
    pid: child.pid ?? 0,
    output,
    ended,
    signal(name) {
      child.kill(name);
    },
    async said(text) {
      await new Promise<void>((resolve, reject) => {
        const look = (): void => {
          if (text.test(output.stdout)) resolve();
        };
        look();
        child.stdout.on('data', look);
        void ended.then((code) => {
          reject(new Error(`ended with ${String(code)}: ${output.stderr}`));
        });
      });
    },
  };
}

/** Runs it where it is expected to end by itself. */
export async function runService(env: Environment): Promise<Output & { code: number | null }> {
  const { output, ended } = await spawnService({ PORT: '0', ...env });
  const code = await ended;
  return { ...output, code };
}

/** `npm run migrate`, as {@link runService}. */
export async function runMigration(
  env: Environment,
  ...args: string[]
): Promise<Output & { code: number | null }> {
  const { output, ended } = await spawnProgram('migrate', env, args);
  const code = await ended;
  return { ...output, code };
}

/** Ends what is still running, as after a test that failed. */
export async function endServices(): Promise<void> {
  await Promise.all(
    [...running].map(async (child) => {
      const closed = once(child, 'close');
      child.kill();
      await closed;
    }),
  );
}

/** The variables that name this database. */
export function databaseEnvironment(connection: DatabaseConnection): Environment {
  return {
    POSTGRES_HOST_W: connection.host,
    POSTGRES_PORT_W: String(connection.port),
    POSTGRES_DB_W: connection.database,
    POSTGRES_USER_W: connection.user,
    POSTGRES_PASSWORD_W: connection.password,
  };
}

async function spawnService(env: Environment) {
  return spawnProgram('main', env);
}

async function spawnProgram(name: 'main' | 'migrate', env: Environment, args: string[] = []) {
  const program = join(await compiledSources(), `apps/api/src/${name}.js`);
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const output: Output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
    });
  }
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  return { child, output, ended };
}
