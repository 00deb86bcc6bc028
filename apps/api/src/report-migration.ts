import { type Log, type MigrationReport, migrationSentences } from '#database';

/** Tells the operator what a migration did to the database. */
export function reportMigration(report: MigrationReport, log: Log): void {
  const { done, left } = migrationSentences(report);
  for (const sentence of done) log.info(sentence);
  for (const sentence of left) log.warn(sentence);
}
