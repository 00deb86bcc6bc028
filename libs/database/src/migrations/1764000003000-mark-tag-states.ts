import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { reportOf } from '../migration-report.js';
import { withoutQueueing } from '../without-queueing.js';

const RANDOM = '(random() * 2147483647)::integer';

/** Both functions that write a revision, as they are with and without the mark. */
const functions = (mark: string): string => `
CREATE OR REPLACE FUNCTION tempora_touch_tag(
  tag bigint, lists jsonb, more_lists bigint, more_iovs bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  now_at bigint;
BEGIN
  UPDATE "GlobalTagRevision" r
     SET revision = r.revision + 1,${mark}
         payload_lists_count = r.payload_lists_count + more_lists,
         payload_iov_count = r.payload_iov_count + more_iovs
   WHERE r.global_tag_id = tag
   RETURNING r.revision INTO now_at;
  PERFORM pg_notify('tempora', json_build_object('tag', tag::text, 'revision', now_at::text,
    'lists', CASE WHEN octet_length(lists::text) <= 7000 THEN lists END)::text);
END $$;

CREATE OR REPLACE FUNCTION tempora_recount() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  DELETE FROM "GlobalTagRevision" r
   WHERE NOT EXISTS (SELECT FROM "GlobalTag" g WHERE g.id = r.global_tag_id);
  UPDATE "GlobalTagRevision" r
     SET revision = r.revision + 1,${mark}
         payload_lists_count = (SELECT count(*) FROM "PayloadList" l
                                 WHERE l.global_tag_id = r.global_tag_id),
         payload_iov_count = (SELECT count(*) FROM "PayloadList" l
                                JOIN "PayloadIOV" p ON p.payload_list_id = l.id
                               WHERE l.global_tag_id = r.global_tag_id);
  PERFORM pg_notify('tempora', '{"all": true}');
  RETURN NULL;
END $$;
`;

const MARK_STATES = `
ALTER TABLE "GlobalTagRevision" ADD COLUMN IF NOT EXISTS mark integer NOT NULL DEFAULT ${RANDOM};
${functions(`\n         mark = ${RANDOM},`)}`;

const UNMARK_STATES = `
${functions('')}
ALTER TABLE "GlobalTagRevision" DROP COLUMN IF EXISTS mark;
`;

/**
 * Beside each revision a random mark: after a restore, or in another database, revisions come again
 * with another meaning, and what was made of a revision and its mark does not.
 */
export class MarkTagStates1764000003000 implements MigrationInterface {
  transaction = false;

  async up(queryRunner: QueryRunner): Promise<void> {
    await withoutQueueing(queryRunner, MARK_STATES, reportOf(queryRunner).log);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await withoutQueueing(queryRunner, UNMARK_STATES, reportOf(queryRunner).log);
  }
}
