import { ConfigError, readConfig } from '#config';
import { DatabaseRefusal, migrate } from '#database';
import { openDatabase } from './open-database.js';
import { reportMigration } from './report-migration.js';
import { startLog } from './start-log.js';

/** `npm run migrate`: brings the database to the schema of this version, and nothing else. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = startLog(config.logLevel);
  const database = await openDatabase(config, log);
  try {
    const report = await migrate(database.connection, { log });
    reportMigration(report, log);
    log.info('The schema is current.');
  } finally {
    await database.close();
  }
}

main().catch((error: unknown) => {
  const expected = error instanceof ConfigError || error instanceof DatabaseRefusal;
  console.error(expected ? error.message : error);
  process.exitCode = 1;
});
