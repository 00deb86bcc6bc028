import pg from 'pg';
import { type IovMode } from '#iov';
import { SESSION_OF_SERVERS } from './change-feed.js';
import { clientConfig } from './client-config.js';
import { type DatabaseConnection } from './database-connection.js';
import { DatabaseRefusal } from './database-refusal.js';
import { errorCode } from './system-error.js';

const INSUFFICIENT_PRIVILEGE = '42501';

const RECORDED = 'SELECT iov_mode FROM tempora_iov_mode';

const RECORD_FIRST = 'INSERT INTO tempora_iov_mode (iov_mode) VALUES ($1) ON CONFLICT DO NOTHING';

const RECORD_ANEW = `
INSERT INTO tempora_iov_mode (iov_mode) VALUES ($1)
    ON CONFLICT (only_row) DO UPDATE SET iov_mode = excluded.iov_mode, since = excluded.since`;

/** Any connection that a running server always has. */
const SERVERS = `
SELECT count(DISTINCT pid)::int AS count FROM pg_stat_activity
 WHERE datname = current_database() AND application_name = $1`;

/**
 * Holds a migrated database to one mode: the first server that uses it records its own.
 *
 * @throws DatabaseRefusal if the other mode is recorded, or if this user may not read or write it
 */
export async function claimIovMode(connection: DatabaseConnection, mode: IovMode): Promise<void> {
  const recorded = await withClient(connection, 'SELECT, INSERT', async (client) => {
    const known = await recordedMode(client);
    if (known !== undefined) return known;
    await client.query(RECORD_FIRST, [mode]);
    return recordedMode(client);
  });
  if (recorded === mode) return;
  throw new DatabaseRefusal(
    `CDB_IOV_MODE is ${mode}, but this database has been used with ${String(recorded)}, which reads ` +
      `the ends of its intervals otherwise: set CDB_IOV_MODE=${String(recorded)}, or, if ${mode} is ` +
      'right for all of its data, stop every server and run npm run migrate -- --change-iov-mode.',
  );
}

/**
 * Records another mode. The intervals stay as they are stored; their ends are read by the new rule.
 *
 * @throws DatabaseRefusal if servers run on the database, or if this user may not write it
 */
export async function changeIovMode(connection: DatabaseConnection, mode: IovMode): Promise<void> {
  await withClient(connection, 'SELECT, INSERT, UPDATE', async (client) => {
    const servers = await client.query<{ count: number }>(SERVERS, [SESSION_OF_SERVERS]);
    const count = servers.rows[0]?.count ?? 0;
    if (count > 0) {
      throw new DatabaseRefusal(
        `The mode cannot be changed while servers run on the database (${count} do): stop them first.`,
      );
    }
    await client.query(RECORD_ANEW, [mode]);
  });
}

async function recordedMode(client: pg.Client): Promise<string | undefined> {
  return (await client.query<{ iov_mode: string }>(RECORDED)).rows[0]?.iov_mode;
}

async function withClient<T>(
  connection: DatabaseConnection,
  rights: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(clientConfig(connection));
  // What breaks the connection fails the statement as well.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    if (errorCode(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new DatabaseRefusal(
      `User "${connection.user}" may not read and write tempora_iov_mode, which says how intervals end: ` +
        `let it (GRANT ${rights}), or do this once as the owner of the table.`,
    );
  } finally {
    await client.end();
  }
}
