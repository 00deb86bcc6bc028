import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { type DatabaseConnection } from '#database';
import { shared } from './shared.js';

/** A database of one's own, migrated, empty but for the three statuses. Takes some 50 ms. */
export async function createDatabase(): Promise<DatabaseConnection> {
  return await createFrom('tempora');
}

/** A copy of a database to which nobody is connected, of the same owner. */
export async function cloneDatabase(template: DatabaseConnection): Promise<DatabaseConnection> {
  const { database } = await createFrom(template.database, template.user);
  return { ...template, database };
}

/** A database of one's own without any table. */
export async function emptyDatabase(): Promise<DatabaseConnection> {
  return await createFrom('template1');
}

/** Runs SQL in a session of its own; what it returns are the rows of the last statement. */
export async function sql<Row extends pg.QueryResultRow>(
  connection: DatabaseConnection,
  text: string,
  values?: unknown[],
): Promise<Row[]> {
  const client = new pg.Client(connection);
  // Where a test takes the server away, the statement fails; there is nobody else to tell.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const answer = (await client.query<Row>(text, values)) as
      pg.QueryResult<Row> | pg.QueryResult<Row>[];
    return (Array.isArray(answer) ? answer.at(-1) : answer)?.rows ?? [];
  } finally {
    await client.end();
  }
}

async function createFrom(template: string, owner = 'tempora'): Promise<DatabaseConnection> {
  const server = (await shared('postgres')) as DatabaseConnection;
  const database = `test_${randomBytes(6).toString('hex')}`;
  await sql(server, `CREATE DATABASE ${database} TEMPLATE ${template} OWNER ${owner}`);
  return { ...server, database };
}
