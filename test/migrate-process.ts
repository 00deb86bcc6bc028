/** Migrates the database whose connection stands in the first argument and prints the report. */
import { type DatabaseConnection, migrate } from '#database';

const connection = JSON.parse(process.argv[2] ?? '') as DatabaseConnection;
const silent = { info: () => undefined, warn: () => undefined };
const report = await migrate(connection, { log: silent });
process.stdout.write(JSON.stringify(report));
