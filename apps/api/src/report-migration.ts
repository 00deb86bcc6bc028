import { type Log, type MigrationReport } from '#database';

/** Tells the operator what a migration did to the database. */
export function reportMigration(report: MigrationReport, log: Log): void {
  if (report.applied.length > 0) log.info(`Migrated the database: ${report.applied.join(', ')}.`);
  if (report.adopted) {
    log.info(
      `Adopted the database of a Nopayloaddb; comb_iov was wrong in ${report.repairedCombIov} rows and is exact now.`,
    );
  }
  for (const { constraint, reason, rows } of report.skippedConstraints) {
    log.warn(
      `The data does not allow the constraint ${constraint} yet (${reason}): ${rows.count} rows of ` +
        `${rows.table}, ids ${rows.firstIds.join(', ')}${andMore(rows)}. It is tried again at the next migration.`,
    );
  }
}

function andMore({ count, firstIds }: { count: number; firstIds: readonly string[] }): string {
  const more = count - firstIds.length;
  return more > 0 ? ` and ${more} more` : '';
}
