import { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { type DatabaseConnection, type Log } from '../database-connection.js';
import { DatabaseRefusal } from '../database-refusal.js';

/** Who may stop the server: the process whose session holds this lock, for as long as it lives. */
export interface Ownership {
  /** Ends the watch; to be called when the server is being stopped. */
  release(): Promise<void>;
}

const OWNER_LOCK = [0x54656d70, 1] as const;
/** A killed owner's session ends within milliseconds; a live one's does not. */
const PATIENCE_MS = 2_000;
const RETAKE_MS = 1_000;

/**
 * Takes the server into ownership: a session advisory lock, so that a killed owner leaves nothing
 * behind that could be mistaken for a live one.
 *
 * @throws DatabaseRefusal if a live process owns it
 */
export async function takeOwnership(
  connection: DatabaseConnection,
  dataDir: string,
  log: Log,
): Promise<Ownership> {
  let session = await lockingSession(connection, dataDir);
  let released = false;
  const watch = () => {
    session.client.once('end', () => {
      if (!released) void retake();
    });
  };
  const retake = async () => {
    log.warn('The embedded PostgreSQL has closed our session: waiting for it to recover');
    while (!released) {
      try {
        session = await lockingSession(connection, dataDir);
        log.info('The embedded PostgreSQL is back');
        watch();
        return;
      } catch (error) {
        if (error instanceof DatabaseRefusal) {
          log.warn(error.message);
          return;
        }
        await pause(RETAKE_MS, undefined, { ref: false });
      }
    }
  };
  watch();
  return {
    async release() {
      released = true;
      session.socket.ref();
      await session.client.end();
    },
  };
}

async function lockingSession(
  connection: DatabaseConnection,
  dataDir: string,
): Promise<{ client: pg.Client; socket: Socket }> {
  const socket = new Socket();
  const client = new pg.Client({
    ...connection,
    application_name: `Tempora, process ${process.pid}`,
    stream: () => socket,
  });
  // A lost session also ends the client, which is what is listened for.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await tryLock(client))) {
      if (Date.now() > deadline) throw await inUse(client, dataDir);
      await pause(50);
    }
    // The lock lives as long as the process, not the process as long as the lock.
    socket.unref();
    return { client, socket };
  } catch (error) {
    await client.end();
    throw error;
  }
}

async function tryLock(client: pg.Client): Promise<boolean> {
  const sql = 'SELECT pg_try_advisory_lock($1, $2) AS taken';
  const answer = await client.query<{ taken: boolean }>(sql, [...OWNER_LOCK]);
  return answer.rows[0]?.taken === true;
}

async function inUse(client: pg.Client, dataDir: string): Promise<DatabaseRefusal> {
  const answer = await client.query<{ application_name: string }>(
    `SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
      WHERE locktype = 'advisory' AND classid = $1 AND objid = $2 AND granted`,
    [...OWNER_LOCK],
  );
  const owner = answer.rows[0]?.application_name.replace(/^Tempora, /, '') ?? 'it has just ended';
  return new DatabaseRefusal(
    `The data folder ${dataDir} is in use by another Tempora (${owner}): ` +
      'stop that one, or set CDB_DATA_DIR to another folder.',
  );
}
