import { setTimeout as pause } from 'node:timers/promises';
import { resolve } from 'node:path';
import pg from 'pg';
import { type DatabaseConnection, type Log } from '../database-connection.js';
import { DatabaseRefusal } from '../database-refusal.js';
import { errorCode, errorMessage } from '../system-error.js';
import {
  type Cluster,
  clusterLink,
  logFile,
  openCluster,
  openDataDir,
  removeLeftovers,
  SUPERUSER,
  writeSettings,
} from './cluster.js';
import { type Ownership, takeOwnership } from './ownership.js';
import { postgresBinaries, postgresOfThePlatform } from './postgres-binaries.js';
import { runningPort, startPostmaster, stopPostmaster } from './postmaster.js';
import { serverAccount } from './server-account.js';
import { serverSettings } from './server-settings.js';

/** A running PostgreSQL of our own, on 127.0.0.1 only. */
export interface EmbeddedPostgres {
  connection: DatabaseConnection;
  /** Stops it, cleanly; resolves when it has stopped. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** where `postgres/` (the data) and `postgres.log` are, made if missing */
  dataDir: string;
  /** `false` gives up safety against power cuts for speed: for tests and benchmarks. Default `true`. */
  durable?: boolean;
  /** server settings that overrule ours */
  settings?: Record<string, string>;
  log: Log;
  /** where root keeps what the server's account cannot reach otherwise; default `/var/lib/tempora` */
  systemDir?: string;
  /** aborts the start */
  stop?: AbortSignal;
}

const DATABASE = 'tempora';
/** The backends of a killed server may take a moment to notice, a crashed one to recover. */
const PATIENCE_MS = 60_000;
const RETRY_MS = 200;
const SLOW_START_MS = 5_000;
/** The server starts, recovers or stops: it is at work, however long that takes. */
const CANNOT_CONNECT_NOW = '57P03';

/**
 * Starts the PostgreSQL that npm brings on a data folder of ours, new or not. A server that a
 * killed Tempora left running is taken over.
 *
 * @throws DatabaseRefusal if the folder is in use, cannot be used, or the server cannot run; the
 *   reason of `stop` if that was aborted meanwhile: no server is left running then
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  try {
    return await start(options);
  } catch (error) {
    // What fails because we are being ended is no reason of its own.
    options.stop?.throwIfAborted();
    throw error;
  }
}

async function start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { durable = true, log, systemDir = '/var/lib/tempora', stop: aborted } = options;
  const dataDir = resolve(options.dataDir);
  // Before anything is made for it: a container image has none.
  const postgres = await postgresOfThePlatform();
  openDataDir(dataDir);
  const account = serverAccount(clusterLink(dataDir));
  const binaries = await postgresBinaries(postgres, account, systemDir, log);
  const cluster = await openCluster({ dataDir, account, binaries, systemDir, durable, log });

  const { connection, ownership } = await attach(cluster, { log, stop: aborted }, () => {
    writeSettings(cluster, { ...serverSettings(durable), ...options.settings });
  });
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    const released = ownership.release();
    await stopPostmaster(cluster);
    await released;
    if (runningPort(cluster) !== undefined) {
      log.warn(`PostgreSQL has not stopped: see ${logFile(dataDir)}`);
    }
  };
  try {
    removeLeftovers(dataDir);
    await createDatabase(connection);
    aborted?.throwIfAborted();
  } catch (error) {
    await stop();
    throw error;
  }
  log.info(`PostgreSQL ${binaries.version} on 127.0.0.1:${connection.port}, data in ${dataDir}`);
  return {
    connection: { ...connection, database: DATABASE },
    stop: () => (stopped ??= stop()),
  };
}

/** Finds or starts the server and takes it into ownership, however many try at once. */
async function attach(
  cluster: Cluster,
  { log, stop }: { log: Log; stop: AbortSignal | undefined },
  beforeStart: () => void,
): Promise<{ connection: DatabaseConnection; ownership: Ownership }> {
  let found = true;
  let recovering = false;
  let trouble = 'it does not answer';
  for (let deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
    stop?.throwIfAborted();
    const port = runningPort(cluster);
    if (port === undefined) {
      beforeStart();
      found = false;
      const slow = setTimeout(() => {
        log.info(
          `PostgreSQL takes its time to start, as after a crash: see ${logFile(cluster.dataDir)}`,
        );
      }, SLOW_START_MS);
      const outcome = await startPostmaster(cluster, stop).finally(() => {
        clearTimeout(slow);
      });
      if (outcome === 'started') deadline = Date.now() + PATIENCE_MS;
      if (outcome === 'remains of a crash') trouble = 'processes of its last run have not ended';
      if (outcome === 'remains of a crash' || outcome === 'started by another') {
        await pause(RETRY_MS);
      }
      continue;
    }
    const connection = {
      host: '127.0.0.1',
      port,
      database: 'postgres',
      user: SUPERUSER,
      password: cluster.password,
    };
    try {
      const ownership = await takeOwnership(connection, cluster.dataDir, log);
      if (found) log.info('Took over the PostgreSQL that an interrupted Tempora left running');
      return { connection, ownership };
    } catch (error) {
      if (error instanceof DatabaseRefusal) throw error;
      trouble = errorMessage(error);
      if (errorCode(error) === CANNOT_CONNECT_NOW) {
        if (!recovering) log.info(`Waiting for PostgreSQL (${trouble})`);
        recovering = true;
        deadline = Date.now() + PATIENCE_MS;
      }
      await pause(RETRY_MS);
    }
  }
  throw new DatabaseRefusal(
    `The embedded PostgreSQL in ${cluster.dataDir} could not be started within ` +
      `${PATIENCE_MS / 1000} s (${trouble}); its log is ${logFile(cluster.dataDir)}.`,
  );
}

async function createDatabase(connection: DatabaseConnection): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${DATABASE}`);
  } catch (error) {
    const duplicateDatabase = '42P04';
    if (errorCode(error) !== duplicateDatabase) throw error;
  } finally {
    await client.end();
  }
}
