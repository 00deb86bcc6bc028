import pg from 'pg';
import { keepsNamesApart, processOf } from './borrowed-session.js';
import { clientConfig } from './client-config.js';
import { type DatabaseConnection } from './database-connection.js';
import { DatabaseRefusal } from './database-refusal.js';

/** A pooler may have many sessions to choose from: it is asked until it must have shown that it shares. */
const ROUNDS = 8;
const PATIENCE_MS = 5_000;

/**
 * Whether a pooler lends this connection sessions for a transaction each: two connections then see the
 * same one, or one sees it change.
 */
export async function sharesSessions(
  client: pg.Client,
  connection: DatabaseConnection,
): Promise<boolean> {
  const first = await sessionOf(client);
  if (first === processOf(client)) return false;
  return withClient(connection, async (other) => {
    for (let round = 0; round < ROUNDS; round++) {
      if ((await sessionOf(other)) === first || (await sessionOf(client)) !== first) return true;
    }
    return false;
  });
}

/**
 * Some of what the service does needs a session for longer than a transaction.
 * @throws DatabaseRefusal if a pooler lends sessions for a transaction each
 */
export async function demandOwnSessions(connection: DatabaseConnection): Promise<void> {
  if (!(await withClient(connection, (client) => sharesSessions(client, connection)))) return;
  throw new DatabaseRefusal(
    `${serverAt(connection)} is a pooler that lends sessions for a transaction each (PgBouncer with ` +
      'pool_mode = transaction): set CDB_DIRECT_URL to the address of PostgreSQL itself ' +
      '(postgresql://host:5432 is enough), for what needs a session for longer.',
  );
}

/**
 * @throws DatabaseRefusal if statements prepared by name would not be found again
 */
export async function demandPreparedStatements(connection: DatabaseConnection): Promise<void> {
  const kept = await withClient(
    connection,
    async (client) =>
      (await sessionOf(client)) === processOf(client) || (await keepsNamesApart(client)),
  );
  if (kept) return;
  throw new DatabaseRefusal(
    `CDB_PREPARED_STATEMENTS is on, but ${serverAt(connection)} is a pooler that does not keep ` +
      'prepared statements apart: take PgBouncer 1.21 or later with max_prepared_statements above 0, ' +
      'or set CDB_PREPARED_STATEMENTS to auto.',
  );
}

async function sessionOf(client: pg.Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid;
}

async function withClient<T>(
  connection: DatabaseConnection,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    ...clientConfig(connection),
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
  });
  // What breaks the connection fails the question as well.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}

function serverAt({ host, port }: DatabaseConnection): string {
  return `PostgreSQL at ${host}:${port}`;
}
