import { type Config } from '#config';
import {
  type DatabaseConnection,
  type Log,
  startEmbeddedPostgres,
  waitForDatabase,
} from '#database';

export interface OpenDatabase {
  readonly connection: DatabaseConnection;
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
  const { primary, dataDir, waitMs } = config.database;
  if (primary === null) {
    const server = await startEmbeddedPostgres({ dataDir, log, stop });
    return { connection: server.connection, embedded: true, close: () => server.stop() };
  }
  await waitForDatabase(primary, { log, timeoutMs: waitMs, stop });
  return { connection: primary, embedded: false, close: () => Promise.resolve() };
}
