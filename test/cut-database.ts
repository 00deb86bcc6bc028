import { type DatabaseConnection } from '#database';
import { sql } from './postgres.js';

/**
 * Takes a database away: nobody gets in, and who is connected is thrown out.
 * @param application only sessions of this name are thrown out
 */
export async function cutOff(connection: DatabaseConnection, application?: string): Promise<void> {
  const { database } = connection;
  await sql(maintenance(connection), `ALTER DATABASE ${database} WITH ALLOW_CONNECTIONS false`);
  await sql(
    maintenance(connection),
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = $1 AND application_name = coalesce($2, application_name)`,
    [database, application],
  );
}

/** Gives it back. */
export async function allowConnections(connection: DatabaseConnection): Promise<void> {
  await sql(
    maintenance(connection),
    `ALTER DATABASE ${connection.database} WITH ALLOW_CONNECTIONS true`,
  );
}

function maintenance(connection: DatabaseConnection): DatabaseConnection {
  return { ...connection, database: 'postgres' };
}
