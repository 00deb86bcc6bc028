import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { reportOf } from '../migration-report.js';
import { rowsOf } from '../rows-of.js';
import { withoutQueueing } from '../without-queueing.js';
import { DROP_TAG_REVISIONS, KEEP_TAG_REVISIONS } from './tag-revisions.sql.js';

const LOCK_REVISION = `SELECT FROM "GlobalTagRevision" WHERE global_tag_id = $1 FOR UPDATE`;

const COUNT = `
UPDATE "GlobalTagRevision" r
   SET payload_lists_count = (SELECT count(*) FROM "PayloadList" l WHERE l.global_tag_id = $1),
       payload_iov_count = (SELECT count(*) FROM "PayloadList" l
                              JOIN "PayloadIOV" p ON p.payload_list_id = l.id
                             WHERE l.global_tag_id = $1)
 WHERE r.global_tag_id = $1`;

/**
 * The database itself keeps a revision of each global tag and how much the tag holds, and tells
 * every change: whoever writes, a server of ours, psql, or a Nopayloaddb beside us.
 */
export class KeepTagRevisions1764000002000 implements MigrationInterface {
  transaction = false;

  async up(queryRunner: QueryRunner): Promise<void> {
    const { log } = reportOf(queryRunner);
    await withoutQueueing(queryRunner, KEEP_TAG_REVISIONS, log);
    const tags = await rowsOf<{ id: string }>(
      queryRunner,
      'SELECT global_tag_id AS id FROM "GlobalTagRevision" ORDER BY 1',
    );
    // The triggers count from now on; what was there before is counted tag by tag. Whoever holds
    // the tag's row has counted already, whoever comes later adds to what is counted here.
    for (const { id } of tags) await recountTag(queryRunner, id);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await withoutQueueing(queryRunner, DROP_TAG_REVISIONS, reportOf(queryRunner).log);
  }
}

/** Counts again how much a tag holds; whoever changes it meanwhile waits, or adds to what is counted. */
export async function recountTag(queryRunner: QueryRunner, id: string): Promise<void> {
  await queryRunner.startTransaction();
  try {
    await queryRunner.query(LOCK_REVISION, [id]);
    await queryRunner.query(COUNT, [id]);
    await queryRunner.commitTransaction();
  } catch (error) {
    await queryRunner.rollbackTransaction();
    throw error;
  }
}
