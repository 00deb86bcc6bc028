import { ConfigError, readConfig } from '#config';
import { changeIovMode, DatabaseRefusal, migrate } from '#database';
import { openDatabase } from './open-database.js';
import { reportMigration } from './report-migration.js';
import { startLog } from './start-log.js';
import { Interrupted, stopSignal } from './stop-signal.js';

const CHANGE_IOV_MODE = '--change-iov-mode';

/**
 * `npm run migrate`: brings the database to the schema of this version, and nothing else, unless it is
 * asked to change what the ends of its intervals mean.
 */
async function main(args: readonly string[]): Promise<void> {
  const unknown = args.find((arg) => arg !== CHANGE_IOV_MODE);
  if (unknown !== undefined) {
    throw new ConfigError(`${unknown} is not known; there is only ${CHANGE_IOV_MODE}.`);
  }
  const stop = stopSignal();
  const config = readConfig(process.env);
  const log = startLog(config.logLevel);
  const database = await openDatabase(config, log, stop);
  try {
    const report = await migrate(database.direct, { log, stop });
    reportMigration(report, log);
    log.info('The schema is current.');
    if (args.includes(CHANGE_IOV_MODE)) {
      await changeIovMode(database.direct, config.iovMode);
      log.info(`The mode of the intervals is ${config.iovMode} from now on.`);
    }
  } finally {
    await database.close();
  }
}

main(process.argv.slice(2)).then(
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
