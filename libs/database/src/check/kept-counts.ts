import { type QueryRunner } from 'typeorm';
import { recountTag } from '../migrations/1764000002000-keep-tag-revisions.js';
import { rowsOf } from '../rows-of.js';
import { brokenRows } from './broken-rows.js';
import { type StatePromise } from './database-promise.js';

const COUNTED = `
  SELECT r.global_tag_id AS id, r.payload_lists_count AS kept_lists, r.payload_iov_count AS kept_iovs,
         count(DISTINCT l.id) AS lists, coalesce(sum(c.iovs), 0) AS iovs
    FROM "GlobalTagRevision" r
    LEFT JOIN "PayloadList" l ON l.global_tag_id = r.global_tag_id
    LEFT JOIN LATERAL (SELECT count(*) AS iovs FROM "PayloadIOV" p WHERE p.payload_list_id = l.id) c ON true
   GROUP BY r.global_tag_id`;

export const KEPT_COUNTS: StatePromise = {
  name: 'counts',
  sentence: 'How many lists and payloads a global tag has is kept beside it.',
  advice: 'It went wrong while triggers were off, or by a restore of parts. --repair counts again.',
  find: (database) =>
    brokenRows(
      database,
      `SELECT format('global tag %s: %s lists and %s payloads, not %s and %s',
                     m.name, m.lists, m.iovs, m.kept_lists, m.kept_iovs) AS example
         FROM (SELECT g.name, c.* FROM (${COUNTED}) c JOIN "GlobalTag" g USING (id)) m
        WHERE (m.kept_lists, m.kept_iovs) <> (m.lists, m.iovs)`,
    ),
  repair: async (database: QueryRunner) => {
    const wrong = await rowsOf<{ id: string }>(
      database,
      `SELECT c.id::text FROM (${COUNTED}) c WHERE (kept_lists, kept_iovs) <> (lists, iovs)`,
    );
    for (const { id } of wrong) await recountTag(database, id);
  },
};
