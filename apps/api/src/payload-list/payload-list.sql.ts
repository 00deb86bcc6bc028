import { rfc3339 } from '../database/json.sql.js';
import { type Listing } from '../database/page.js';
import { type Statement } from '../database/query.js';

export const LIST_IOV_COUNT = `
  (SELECT count(*) FROM "PayloadIOV" p WHERE p.payload_list_id = l.id)`;

const ROW = `
  l.id, l.name, l.description, g.name AS global_tag, t.name AS payload_type,
  ${LIST_IOV_COUNT} AS payload_iov_count,
  ${rfc3339('l.created')} AS created, ${rfc3339('l.updated')} AS updated`;

export const PAYLOAD_LIST_FROM = `
  FROM "PayloadList" l JOIN "PayloadType" t ON t.id = l.payload_type_id
  LEFT JOIN "GlobalTag" g ON g.id = l.global_tag_id`;

export const PAYLOAD_LIST_FILTERS = {
  global_tag: 'g.name = $',
  payload_type: 't.name = $',
  attached: '(l.global_tag_id IS NOT NULL) = $',
  search: 'l.name ILIKE $ OR g.name ILIKE $ OR t.name ILIKE $',
};

export const PAYLOAD_LIST_SORTS = {
  id: 'l.id',
  name: 'l.name',
  global_tag: 'g.name',
  payload_type: 't.name',
  created: 'l.created',
};

export const PAYLOAD_LISTS: Listing = {
  from: PAYLOAD_LIST_FROM,
  row: ROW,
  sorts: { ...PAYLOAD_LIST_SORTS, payload_iov_count: LIST_IOV_COUNT },
  filters: PAYLOAD_LIST_FILTERS,
  id: 'l.id',
};

/** $1 the name. */
export const PAYLOAD_LIST_BY_NAME: Statement = {
  name: 'payload-list-by-name',
  text: `
    SELECT to_json(r)::text AS body
    FROM (SELECT ${ROW} ${PAYLOAD_LIST_FROM} WHERE l.name = $1) r`,
};

/** $1 names. Which tags their lists belong to, before anything is locked. */
export const TAGS_OF_LISTS: Statement = {
  name: 'tags-of-lists',
  text: `
    SELECT l.id, l.name, l.global_tag_id AS tag_id, t.name AS type
    FROM "PayloadList" l JOIN "PayloadType" t ON t.id = l.payload_type_id
    WHERE l.name = ANY($1)`,
};

/**
 * $1 names. Locks lists for insertion: first their tags (shared), then the lists, each in the order
 * of ids. A list that moved meanwhile comes without the tag it moved to.
 */
export const LOCK_LISTS_WITH_TAGS: Statement = {
  name: 'lock-lists-with-tags',
  text: `
    WITH seen AS MATERIALIZED (
      SELECT id, global_tag_id FROM "PayloadList" WHERE name = ANY($1)
    ), tags AS MATERIALIZED (
      SELECT id, name, status_id FROM "GlobalTag"
      WHERE id IN (SELECT global_tag_id FROM seen) ORDER BY id FOR SHARE
    ), lists AS MATERIALIZED (
      SELECT id, name, global_tag_id, payload_type_id FROM "PayloadList"
      WHERE id IN (SELECT id FROM seen) AND (SELECT count(*) FROM tags) >= 0
      ORDER BY id FOR UPDATE
    )
    SELECT l.id, l.name, l.global_tag_id AS tag_id, l.payload_type_id AS type_id,
           t.name AS type, g.name AS tag_name, s.name AS tag_status
    FROM lists l JOIN "PayloadType" t ON t.id = l.payload_type_id
    LEFT JOIN tags g ON g.id = l.global_tag_id
    LEFT JOIN "GlobalTagStatus" s ON s.id = g.status_id`,
};

/** $1 ids. Locks lists in the order of their ids. */
export const LOCK_LISTS: Statement = {
  name: 'lock-lists',
  text: `
    WITH lists AS MATERIALIZED (
      SELECT id, name, global_tag_id, payload_type_id FROM "PayloadList"
      WHERE id = ANY($1) ORDER BY id FOR UPDATE
    )
    SELECT l.id, l.name, l.global_tag_id AS tag_id, l.payload_type_id AS type_id, t.name AS type
    FROM lists l JOIN "PayloadType" t ON t.id = l.payload_type_id ORDER BY l.id`,
};

/** $1 tag, $2 payload types' names. The lists that hold these types in the tag. */
export const LISTS_OF_TYPES_IN_TAG: Statement = {
  name: 'lists-of-types-in-tag',
  text: `
    SELECT l.id, l.name, t.name AS type
    FROM "PayloadList" l JOIN "PayloadType" t ON t.id = l.payload_type_id
    WHERE l.global_tag_id = $1 AND t.name = ANY($2) ORDER BY l.id`,
};

/** $1 tag, $2 payload type's id, $3 the list that stays: the others of that type leave the tag. */
export const DETACH_OTHERS_OF_TYPE: Statement = {
  name: 'detach-others-of-type',
  text: `
    UPDATE "PayloadList" SET global_tag_id = NULL, updated = clock_timestamp()
    WHERE global_tag_id = $1 AND payload_type_id = $2 AND id <> $3
    RETURNING name`,
};

/** $1 list, $2 tag or null. */
export const SET_TAG_OF_LIST: Statement = {
  name: 'set-tag-of-list',
  text: `UPDATE "PayloadList" SET global_tag_id = $2, updated = clock_timestamp() WHERE id = $1`,
};

/** $1 tags. Their lists are other ones than before. */
export const TOUCH_TAGS: Statement = {
  name: 'touch-tags',
  text: `UPDATE "GlobalTag" SET updated = clock_timestamp() WHERE id = ANY($1)`,
};

export const PAYLOADS_IN_LIST: Statement = {
  name: 'payloads-in-list',
  text: `SELECT count(*) AS payloads FROM "PayloadIOV" WHERE payload_list_id = $1`,
};
