import { type Config, ConfigError, readConfig } from '#config';
import {
  type DatabaseConnection,
  DatabaseRefusal,
  holdsCluster,
  type Log,
  startEmbeddedPostgres,
  waitForDatabase,
} from '#database';
import { Failure } from '../failure.js';
import { type Surroundings } from '../surroundings.js';

/**
 * Lends the database that the environment names as it does to the service: an existing server, or the
 * embedded one.
 * @throws Failure for settings, or a database, with which the service would not start either; also where
 *   none is named and the service would make a new one
 */
export async function withDatabase<T>(
  { env, signal }: Pick<Surroundings, 'env' | 'signal'>,
  log: Log,
  work: (connection: DatabaseConnection, config: Config) => Promise<T>,
): Promise<T> {
  try {
    const config = readConfig(env);
    const { primary, direct, dataDir, waitMs } = config.database;
    if (primary === null) {
      if ((env['CDB_DATA_DIR'] ?? '') === '' && !holdsCluster(dataDir)) throw unnamed();
      const server = await startEmbeddedPostgres({ dataDir, log, stop: signal });
      try {
        return await work(server.connection, config);
      } finally {
        await server.stop();
      }
    }
    const connection = direct ?? primary;
    await waitForDatabase(connection, { log, timeoutMs: waitMs, stop: signal });
    return await work(connection, config);
  } catch (error) {
    if (error instanceof ConfigError) throw new Failure('usage', error.message, 'bad-setting');
    if (error instanceof DatabaseRefusal) {
      throw new Failure('failed', error.message, 'database-refusal');
    }
    throw error;
  }
}

function unnamed(): Failure {
  return new Failure(
    'usage',
    'No database is named: set POSTGRES_HOST_W or CDB_PRIMARY_URL, or CDB_DATA_DIR for an embedded one.',
    'no-database',
  );
}
