import {
  type DatabaseConnection,
  type EmbeddedPostgres,
  migrate,
  startEmbeddedPostgres,
} from '#database';
import { describeLoaded, loadDatabase } from './load-database.js';
import { removeLeftovers } from './remove-leftovers.js';
import { progress } from './progress.js';
import { type Scenario } from './scenarios.js';

const LOG = { info: progress, warn: progress };

/** Durable, so that writes cost what they cost an operator; all other settings as shipped. */
export const startOwnDatabase = (folder: string): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres({ dataDir: folder, durable: true, log: LOG });

/**
 * Migrates it, removes what an interrupted run left, and loads the scenarios that are missing.
 *
 * @returns what is loaded, how fast that was, how big it is: one sentence
 */
export async function fillOwnDatabase(
  connection: DatabaseConnection,
  scenarios: readonly Scenario[],
): Promise<string> {
  await migrate(connection, { log: LOG });
  await removeLeftovers(connection);
  const description = describeLoaded(await loadDatabase(connection, scenarios));
  progress(description);
  return description;
}
