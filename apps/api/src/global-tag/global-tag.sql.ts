import { combIovColumn, rfc3339 } from '../database/json.sql.js';
import { type Listing } from '../database/page.js';
import { type Statement } from '../database/query.js';

/** How much a tag holds: kept by the database at each change, never counted here. */
export const LIST_COUNT = 'COALESCE(r.payload_lists_count, 0)';
export const IOV_COUNT = 'COALESCE(r.payload_iov_count, 0)';

export const GLOBAL_TAG_FROM = `
  FROM "GlobalTag" g JOIN "GlobalTagStatus" s ON s.id = g.status_id
  LEFT JOIN "GlobalTagRevision" r ON r.global_tag_id = g.id`;

const ROW = `
  g.id, g.name, g.author, g.description, s.name AS status,
  ${LIST_COUNT} AS payload_lists_count, ${IOV_COUNT} AS payload_iov_count,
  ${rfc3339('g.created')} AS created, ${rfc3339('g.updated')} AS updated`;

export const GLOBAL_TAG_SORTS = {
  id: 'g.id',
  name: 'g.name',
  author: 'g.author',
  status: 's.name',
  payload_lists_count: LIST_COUNT,
  payload_iov_count: IOV_COUNT,
  created: 'g.created',
  updated: 'g.updated',
};

export const GLOBAL_TAG_FILTERS = {
  status: 's.name = $',
  search: 'g.name ILIKE $ OR g.author ILIKE $',
};

export const GLOBAL_TAGS: Listing = {
  from: GLOBAL_TAG_FROM,
  row: ROW,
  sorts: GLOBAL_TAG_SORTS,
  filters: GLOBAL_TAG_FILTERS,
  id: 'g.id',
};

/** $1 the name of the tag. */
export const GLOBAL_TAG_BY_NAME: Statement = {
  name: 'global-tag-by-name',
  text: `SELECT to_json(tag)::text AS body FROM (SELECT ${ROW} ${GLOBAL_TAG_FROM} WHERE g.name = $1) tag`,
};

/**
 * Locks a tag's row. SHARE lets insertions into its lists run side by side and keeps its status
 * still; UPDATE is for whoever changes the tag itself or which lists belong to it. The status is
 * joined after the lock: a tag whose status changes while its lock is waited for would not match.
 */
export const LOCK_GLOBAL_TAGS = (strength: 'SHARE' | 'UPDATE'): Statement => ({
  name: `lock-global-tags-${strength.toLowerCase()}`,
  text: `
    WITH locked AS MATERIALIZED (
      SELECT id, name, status_id FROM "GlobalTag" WHERE id = ANY($1) ORDER BY id FOR ${strength}
    )
    SELECT g.id, g.name, s.name AS status
    FROM locked g JOIN "GlobalTagStatus" s ON s.id = g.status_id
    ORDER BY g.id`,
});

export const GLOBAL_TAG_ID: Statement = {
  name: 'global-tag-id',
  text: `SELECT id FROM "GlobalTag" WHERE name = $1`,
};

/** $1 the tag that the one made next is a clone of, for its history. */
export const NOTE_ORIGIN: Statement = {
  name: 'note-origin',
  text: `SELECT set_config('tempora.cloned_from', $1, true)`,
};

/** $1 the new tag, $2 the source: one new id per list of the source, in the order of the lists. */
export const CLONE_LISTS: Statement = {
  label: 'clone-lists',
  text: `
    WITH source AS (
      SELECT l.id, l.description, l.payload_type_id, t.name AS type,
             row_number() OVER (ORDER BY l.id) AS position
      FROM "PayloadList" l JOIN "PayloadType" t ON t.id = l.payload_type_id
      WHERE l.global_tag_id = $2
    ), fresh AS (
      INSERT INTO "PayloadListIdSequence" (id)
      SELECT nextval(pg_get_serial_sequence('"PayloadListIdSequence"', 'id')) FROM source
      RETURNING id
    ), numbered AS (
      SELECT id, row_number() OVER (ORDER BY id) AS position FROM fresh
    ), lists AS (
      INSERT INTO "PayloadList" (id, name, description, global_tag_id, payload_type_id, created, updated)
      SELECT n.id, s.type || '_' || n.id, s.description, $1, s.payload_type_id, now(), now()
      FROM source s JOIN numbered n USING (position)
      RETURNING id
    )
    SELECT s.id AS source_id, n.id AS clone_id
    FROM source s JOIN numbered n USING (position)
    WHERE EXISTS (SELECT FROM lists)`,
};

/** $1 the source lists, $2 their clones: the payloads, in the order of their moments. */
export const CLONE_PAYLOADS: Statement = {
  label: 'clone-payloads',
  text: `
    INSERT INTO "PayloadIOV" (payload_url, checksum, size, major_iov, minor_iov, major_iov_end,
      minor_iov_end, extra, comb_iov, payload_list_id, created, updated)
    SELECT p.payload_url, p.checksum, p.size, p.major_iov, p.minor_iov, p.major_iov_end,
      p.minor_iov_end, p.extra, ${combIovColumn('p')}, pair.clone_id,
      now(), now()
    FROM unnest($1::bigint[], $2::bigint[]) AS pair(source_id, clone_id)
    JOIN "PayloadIOV" p ON p.payload_list_id = pair.source_id
    ORDER BY p.id`,
};

/** $1 the tag. Foreign keys are checked at the end of the transaction. */
export const DELETE_PAYLOADS_OF_TAG: Statement = {
  label: 'delete-payloads-of-tag',
  text: `
    DELETE FROM "PayloadIOV" p USING "PayloadList" l
    WHERE p.payload_list_id = l.id AND l.global_tag_id = $1`,
};

export const DELETE_LISTS_OF_TAG: Statement = {
  label: 'delete-lists-of-tag',
  text: `DELETE FROM "PayloadList" WHERE global_tag_id = $1`,
};
