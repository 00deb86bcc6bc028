import { type Config } from '#config';
import {
  type DatabaseConnection,
  demandOwnSessions,
  demandPreparedStatements,
  type Log,
  startEmbeddedPostgres,
  waitForDatabase,
} from '#database';

export interface OpenDatabase {
  readonly connection: DatabaseConnection;
  /** Where sessions are our own: not through a pooler. */
  readonly direct: DatabaseConnection;
  /** Whether it is the embedded one, which ends with us. */
  readonly embedded: boolean;
  close(): Promise<void>;
}

/**
 * The database the configuration names, ready to be asked: an existing server, or the embedded one.
 * @throws the reason of `stop` if that was aborted meanwhile; nothing is left running then
 */
export async function openDatabase(
  config: Config,
  log: Log,
  stop: AbortSignal,
): Promise<OpenDatabase> {
  const { primary, direct, preparedStatements, dataDir, waitMs } = config.database;
  if (primary === null) {
    const server = await startEmbeddedPostgres({ dataDir, log, stop });
    const { connection } = server;
    return { connection, direct: connection, embedded: true, close: () => server.stop() };
  }
  await waitForDatabase(primary, { log, timeoutMs: waitMs, stop });
  if (direct !== null) await waitForDatabase(direct, { log, timeoutMs: waitMs, stop });
  await demandOwnSessions(direct ?? primary);
  if (preparedStatements === 'on') await demandPreparedStatements(primary);
  return {
    connection: primary,
    direct: direct ?? primary,
    embedded: false,
    close: () => Promise.resolve(),
  };
}
