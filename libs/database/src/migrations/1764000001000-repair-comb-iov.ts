import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { reportOf } from '../migration-report.js';
import { rowsOf } from '../rows-of.js';

const ROWS_PER_BATCH = 20_000;
const ROWS_PER_WORD = 500_000;

/** Ids may have wide gaps: a batch ends at the n-th row, not at the n-th id. */
const END_OF_BATCH = `
SELECT max(id) AS last, count(*)::int AS rows
  FROM (SELECT id FROM "PayloadIOV" WHERE id > $1 ORDER BY id LIMIT ${ROWS_PER_BATCH}) AS batch`;

/** Multiplied, not divided: PostgreSQL's numeric multiplication is exact. */
const REPAIR = `
UPDATE "PayloadIOV"
   SET comb_iov = major_iov + minor_iov * 0.0000000000000000001
 WHERE id > $1 AND id <= $2
   AND comb_iov IS DISTINCT FROM major_iov + minor_iov * 0.0000000000000000001`;

/**
 * The reference computed comb_iov with 28 digits, which rounds the minor part of majors from 10^9
 * on. Every batch commits for itself: writers wait for milliseconds, and an interrupted repair
 * goes on where it stopped, as right rows are passed over.
 */
export class RepairCombIov1764000001000 implements MigrationInterface {
  transaction = false;

  async up(queryRunner: QueryRunner): Promise<void> {
    const { log, report } = reportOf(queryRunner);
    let from = '-9223372036854775808';
    let seen = 0;
    for (;;) {
      const [batch] = await rowsOf<{ last: string | null; rows: number }>(
        queryRunner,
        END_OF_BATCH,
        [from],
      );
      if (batch?.last == null) break;
      const repaired = await queryRunner.query(REPAIR, [from, batch.last], true);
      report.repairedCombIov += repaired.affected ?? 0;
      if (Math.floor((seen + batch.rows) / ROWS_PER_WORD) > Math.floor(seen / ROWS_PER_WORD)) {
        log.info(
          `comb_iov: ${seen + batch.rows} rows checked, ${report.repairedCombIov} repaired so far`,
        );
      }
      seen += batch.rows;
      from = batch.last;
    }
  }

  /** The old values are wrong: there is nothing to go back to. */
  async down(): Promise<void> {
    await Promise.resolve();
  }
}
