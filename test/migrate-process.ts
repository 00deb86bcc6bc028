/** Migrates the database whose connection stands in the first argument and prints the report. */
import { type DatabaseConnection, migrate } from '#database';

const connection = JSON.parse(process.argv[2] ?? '') as DatabaseConnection;
const log = {
  info: (message: string) => {
    process.stderr.write(`${message}\n`);
  },
};
const report = await migrate(connection, { log: { ...log, warn: log.info } });
process.stdout.write(JSON.stringify(report));
