import {
  closeSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseRefusal } from '../database-refusal.js';
import { errorCode } from '../system-error.js';
import { type Cluster, logFile, unusable } from './cluster.js';
import { isAlive, runProgram } from './run-program.js';

/** What came of an attempt to start the server. */
export type StartOutcome = 'started' | 'port taken' | 'started by another' | 'remains of a crash';

const LOG_LIMIT_BYTES = 16 * 1024 * 1024;
/** Recovery after a crash can take minutes when much was written. */
const START_TIMEOUT_S = 900;
const STOP_TIMEOUT_S = 120;

/**
 * The port of the server that runs on this folder, `undefined` if none runs.
 * It may be starting or stopping.
 */
export function runningPort(cluster: Cluster): number | undefined {
  const file = join(cluster.dir, 'postmaster.pid');
  let lines: string[];
  try {
    lines = readFileSync(file, 'utf8').split('\n');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw unusable(cluster.dataDir, error);
  }
  const pid = Number(lines[0]);
  if (!isAlive(pid)) return undefined;
  if (isSomethingElse(pid, cluster.dir)) {
    // PostgreSQL itself would take whatever has this number for a server.
    rmSync(file, { force: true });
    return undefined;
  }
  return Number(lines[3]) || undefined;
}

/**
 * Starts the server on a free port of 127.0.0.1 and waits until it takes connections. `pg_ctl`
 * gives it a session of its own, so that a terminal's Ctrl-C does not reach it.
 *
 * @param stop ends a start that may take minutes, as after a crash
 * @throws DatabaseRefusal with the server's own words if it cannot start
 */
export async function startPostmaster(cluster: Cluster, stop?: AbortSignal): Promise<StartOutcome> {
  const file = logFile(cluster.dataDir);
  let log: number;
  try {
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES) {
      renameSync(file, `${file}.old`);
    }
    log = openSync(file, 'a', 0o600);
  } catch (error) {
    throw unusable(cluster.dataDir, error);
  }
  const before = statSync(file).size;
  const end = (): void => void stopPostmaster(cluster);
  stop?.addEventListener('abort', end);
  try {
    const args = ['start', '--silent', '--wait', `--timeout=${START_TIMEOUT_S}`];
    const port = await freePort();
    const run = await runProgram(
      cluster.binaries.pgCtl,
      [...args, `--pgdata=${cluster.dir}`, '--options', `-p ${port}`],
      cluster.account,
      log,
    );
    // It may have been started just before there was anything to stop.
    if (stop?.aborted === true) await stopPostmaster(cluster);
    if (run.code === 0) return 'started';
  } finally {
    stop?.removeEventListener('abort', end);
    closeSync(log);
  }
  return outcomeOf(readFileSync(file, 'utf8').slice(before), cluster.dataDir);
}

/** Stops the server: sessions are ended, transactions rolled back, the data is left clean. */
export async function stopPostmaster(cluster: Cluster): Promise<void> {
  await runProgram(
    cluster.binaries.pgCtl,
    [
      'stop',
      '--silent',
      '--wait',
      '--mode=fast',
      `--timeout=${STOP_TIMEOUT_S}`,
      `--pgdata=${cluster.dir}`,
    ],
    cluster.account,
  );
}

function outcomeOf(said: string, dataDir: string): StartOutcome {
  if (said.includes('Address already in use')) return 'port taken';
  if (said.includes('lock file "postmaster.pid" already exists')) return 'started by another';
  if (said.includes('pre-existing shared memory block')) return 'remains of a crash';
  const fatal = said.split('\n').findLast((line) => /FATAL|PANIC|error/i.test(line)) ?? said.trim();
  const words = fatal.replace(/^.*?(FATAL|PANIC):\s*/, '');
  throw new DatabaseRefusal(
    `The embedded PostgreSQL did not start (${words}); its log is ${logFile(dataDir)}.`,
  );
}

/**
 * A server's working folder is its data folder; a process that has ended and is not yet reaped has
 * none. Only Linux tells, elsewhere we believe.
 */
function isSomethingElse(pid: number, clusterDir: string): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return realpathSync(`/proc/${pid}/cwd`) !== clusterDir;
  } catch (error) {
    return errorCode(error) === 'ENOENT';
  }
}

/** Free now; if somebody takes it before PostgreSQL does, the start is tried again. */
async function freePort(): Promise<number> {
  const server = createServer();
  return await new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
  });
}
