import { type MigrationReport } from './migration-report.js';

/** What a migration did to the database, and what the data did not allow, for the operator. */
export function migrationSentences(report: MigrationReport): { done: string[]; left: string[] } {
  const done: string[] = [];
  if (report.applied.length > 0) done.push(`Migrated the database: ${report.applied.join(', ')}.`);
  if (report.adopted) {
    done.push(
      `Adopted the database of a Nopayloaddb; comb_iov was wrong in ${report.repairedCombIov} rows and is exact now.`,
    );
  }
  const left = report.skippedConstraints.map(
    ({ constraint, reason, rows }) =>
      `The data does not allow the constraint ${constraint} yet (${reason}): ${rows.count} rows of ` +
      `${rows.table}, ids ${rows.firstIds.join(', ')}${andMore(rows)}. It is tried again at the next migration.`,
  );
  return { done, left };
}

function andMore({ count, firstIds }: { count: number; firstIds: readonly string[] }): string {
  const more = count - firstIds.length;
  return more > 0 ? ` and ${more} more` : '';
}
