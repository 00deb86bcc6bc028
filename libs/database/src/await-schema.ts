import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { clientConfig } from './client-config.js';
import { type DatabaseConnection } from './database-connection.js';
import { schemaState, type SchemaState } from './schema-state.js';

const POLL_MS = 1_000;

/** The schema of a database, asked once. */
export async function schemaOf(connection: DatabaseConnection): Promise<SchemaState> {
  const client = new pg.Client(clientConfig(connection));
  // What breaks the connection fails the question as well.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await schemaState({
      query: async (text, values) => (await client.query<object>(text, values)).rows,
    });
  } finally {
    await client.end();
  }
}

/** Waits until somebody else has migrated the database, or until `stop`. */
export async function awaitSchema(
  connection: DatabaseConnection,
  stop: AbortSignal,
): Promise<void> {
  for (;;) {
    stop.throwIfAborted();
    // A database that is away meanwhile is told by readiness.
    const state = await schemaOf(connection).catch(() => undefined);
    if (state === 'current') return;
    await pause(POLL_MS, undefined, { signal: stop });
  }
}
