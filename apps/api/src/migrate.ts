import { ConfigError, readConfig } from '#config';
import { DatabaseRefusal, migrate } from '#database';
import { openDatabase } from './open-database.js';
import { reportMigration } from './report-migration.js';
import { startLog } from './start-log.js';
import { Interrupted, stopSignal } from './stop-signal.js';

/** `npm run migrate`: brings the database to the schema of this version, and nothing else. */
async function main(): Promise<void> {
  const stop = stopSignal();
  const config = readConfig(process.env);
  const log = startLog(config.logLevel);
  const database = await openDatabase(config, log, stop);
  try {
    const report = await migrate(database.connection, { log, stop });
    reportMigration(report, log);
    log.info('The schema is current.');
  } finally {
    await database.close();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const expected =
      error instanceof ConfigError ||
      error instanceof DatabaseRefusal ||
      error instanceof Interrupted;
    console.error(expected ? error.message : error);
    process.exit(error instanceof Interrupted ? error.exitCode : 1);
  },
);
