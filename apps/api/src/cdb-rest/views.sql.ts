import { combIov, djangoTime } from '../database/json.sql.js';
import { type Listing } from '../database/page.js';
import { type Statement } from '../database/query.js';
import {
  GLOBAL_TAG_FILTERS,
  GLOBAL_TAG_FROM,
  GLOBAL_TAG_SORTS,
  IOV_COUNT,
  LIST_COUNT,
} from '../global-tag/global-tag.sql.js';
import {
  LIST_IOV_COUNT,
  PAYLOAD_LIST_FILTERS,
  PAYLOAD_LIST_FROM,
  PAYLOAD_LIST_SORTS,
} from '../payload-list/payload-list.sql.js';
import { storePayload } from '../payload-iov/insertion.sql.js';

/** The rows of the drop-in protocol, field for field as the reference names them. */

const object = (name: string, row: string, from: string): Statement => ({
  name: `cdb-${name}`,
  text: `SELECT to_json(r)::text AS body FROM (SELECT ${row} ${from}) r`,
});

const array = (name: string, row: string, from: string): Statement => ({
  name: `cdb-${name}`,
  text: `
    SELECT COALESCE(json_agg(to_json(r) ORDER BY r.id), '[]')::text AS body
    FROM (SELECT ${row} ${from}) r`,
});

const STATUS = `s.id, s.name, ${djangoTime('s.created')} AS created`;
export const STATUSES = array('statuses', STATUS, 'FROM "GlobalTagStatus" s');
/** $1 name. */
export const STATUS_BY_NAME = object(
  'status',
  STATUS,
  'FROM "GlobalTagStatus" s WHERE s.name = $1',
);

const TYPE = `t.id, t.name, t.description, ${djangoTime('t.created')} AS created`;
export const TYPES = array('types', TYPE, 'FROM "PayloadType" t');
/** $1 name. */
export const TYPE_BY_NAME = object('type', TYPE, 'FROM "PayloadType" t WHERE t.name = $1');
export const BROWSE_TYPES: Listing = {
  from: 'FROM "PayloadType" t',
  row: TYPE,
  sorts: { id: 't.id', name: 't.name', created: 't.created' },
  filters: { search: 't.name ILIKE $' },
  id: 't.id',
};

const TAG_TIMES = `${djangoTime('g.created')} AS created, ${djangoTime('g.updated')} AS updated`;
const TAG_FROM = GLOBAL_TAG_FROM;
const TAG_COUNTED = `
  g.id, g.name, g.author, s.name AS status, ${LIST_COUNT} AS payload_lists_count,
  ${IOV_COUNT} AS payload_iov_count, ${TAG_TIMES}`;

export const BROWSE_TAGS: Listing = {
  from: TAG_FROM,
  row: TAG_COUNTED,
  sorts: GLOBAL_TAG_SORTS,
  filters: GLOBAL_TAG_FILTERS,
  id: 'g.id',
};

/** $1 name: with counts, as in the list. */
export const TAG_LIGHT = object('tag-light', TAG_COUNTED, `${TAG_FROM} WHERE g.name = $1`);
/** $1 name: as a created tag is shown. */
export const TAG_CREATED = object(
  'tag-created',
  `g.id, g.name, g.author, s.name AS status, ${TAG_TIMES}`,
  `${TAG_FROM} WHERE g.name = $1`,
);
/** $1 name: as after a change of status, which is a number here. */
export const TAG_CHANGED = object(
  'tag-changed',
  `g.id, g.name, g.author, g.status_id AS status, ${TAG_TIMES}`,
  `${TAG_FROM} WHERE g.name = $1`,
);

/** All tags with their counts, in one statement. */
export const TAGS = array('tags', TAG_COUNTED, TAG_FROM);

/** $1 tag: payload type → name of its list. An unknown tag has none. */
export const LISTS_BY_TYPE: Statement = {
  name: 'cdb-lists-by-type',
  text: `
    SELECT COALESCE(json_object_agg(t.name, l.name ORDER BY t.name COLLATE "C", l.id), '{}')::text AS body
    FROM "GlobalTag" g
    JOIN "PayloadList" l ON l.global_tag_id = g.id
    JOIN "PayloadType" t ON t.id = l.payload_type_id
    WHERE g.name = $1`,
};

const LIST = `
  l.id, l.name, g.name AS global_tag, t.name AS payload_type, ${djangoTime('l.created')} AS created`;
const LIST_COUNTED = `
  l.id, l.name, g.name AS global_tag, t.name AS payload_type, ${LIST_IOV_COUNT} AS iov_count,
  ${djangoTime('l.created')} AS created`;

/** $1 name: as a created or attached list is shown. */
export const LIST_CREATED = object('list-created', LIST, `${PAYLOAD_LIST_FROM} WHERE l.name = $1`);
/** $1 name: with the number of payloads. */
export const LIST_BY_NAME = object(
  'list-by-name',
  LIST_COUNTED,
  `${PAYLOAD_LIST_FROM} WHERE l.name = $1`,
);
/** $1 id: tag and type are numbers here. */
export const LIST_BY_ID = object(
  'list-by-id',
  `l.id, l.name, l.global_tag_id AS global_tag, l.payload_type_id AS payload_type,
   ${djangoTime('l.created')} AS created`,
  'FROM "PayloadList" l WHERE l.id = $1',
);
export const BROWSE_LISTS: Listing = {
  from: PAYLOAD_LIST_FROM,
  row: LIST_COUNTED,
  sorts: { ...PAYLOAD_LIST_SORTS, iov_count: LIST_IOV_COUNT },
  filters: PAYLOAD_LIST_FILTERS,
  id: 'l.id',
};

const IOV = `
  p.id, p.payload_url, p.checksum, p.size, p.major_iov, p.minor_iov,
  ${combIov('p.major_iov', 'p.minor_iov')} AS comb_iov, p.major_iov_end, p.minor_iov_end,
  l.name AS payload_list, p.extra AS revision, ${djangoTime('p.created')} AS inserted`;
const IOV_FROM = `FROM "PayloadIOV" p LEFT JOIN "PayloadList" l ON l.id = p.payload_list_id`;
/** $1 id. */
export const IOV_BY_ID = object('iov', IOV, `${IOV_FROM} WHERE p.id = $1`);

export const STORE_IOV = storePayload('cdb-store-iov', IOV);

const BROWSE_IOV_FROM = `
  ${IOV_FROM}
  LEFT JOIN "PayloadType" t ON t.id = l.payload_type_id
  LEFT JOIN "GlobalTag" g ON g.id = l.global_tag_id`;
export const BROWSE_IOVS: Listing = {
  from: BROWSE_IOV_FROM,
  row: `
    p.id, p.payload_url, p.checksum, p.size, p.major_iov, p.minor_iov, p.major_iov_end,
    p.minor_iov_end, l.name AS payload_list, g.name AS global_tag, t.name AS payload_type,
    p.extra AS revision, ${djangoTime('p.created')} AS inserted`,
  sorts: {
    id: 'p.id',
    payload_url: 'p.payload_url',
    checksum: 'p.checksum',
    major_iov: 'p.major_iov',
    minor_iov: 'p.minor_iov',
    major_iov_end: 'p.major_iov_end',
    minor_iov_end: 'p.minor_iov_end',
    payload_list: 'l.name',
    global_tag: 'g.name',
    payload_type: 't.name',
    inserted: 'p.created',
  },
  filters: {
    payload_list: 'l.name = $',
    global_tag: 'g.name = $',
    payload_type: 't.name = $',
    search: 'p.payload_url ILIKE $ OR l.name ILIKE $',
  },
  id: 'p.id',
};

/** The outer parts of a nested tag, each as JSON text that ends where its lists or payloads begin. */
export const NESTED_TAGS: Statement = {
  label: 'nested-tags',
  text: `
    SELECT g.id, to_json(h)::text AS head, to_json(f)::text AS foot
    ${TAG_FROM}
    CROSS JOIN LATERAL (SELECT g.id, g.name, g.author, json_build_object('id', s.id, 'name', s.name,
      'description', s.description, 'created', ${djangoTime('s.created')}) AS status) h
    CROSS JOIN LATERAL (SELECT ${TAG_TIMES}) f
    WHERE ($1::text IS NULL OR g.name = $1) AND ($2::bigint IS NULL OR g.id = $2)
    ORDER BY g.id`,
};

/** $1 tag, or null for all lists. */
export const NESTED_LISTS: Statement = {
  label: 'nested-lists',
  text: `
    SELECT l.id, to_json(h)::text AS head, to_json(f)::text AS foot
    ${PAYLOAD_LIST_FROM}
    CROSS JOIN LATERAL (SELECT l.id, l.name, g.name AS global_tag, t.name AS payload_type) h
    CROSS JOIN LATERAL (SELECT ${djangoTime('l.created')} AS created) f
    WHERE $1::bigint IS NULL OR l.global_tag_id = $1
    ORDER BY l.id`,
};

/** $1 list: its payloads by their starts, one JSON text a row. */
export const NESTED_IOVS: Statement = {
  label: 'nested-iovs',
  text: `
    SELECT to_json(r)::text FROM (
      SELECT ${IOV} ${IOV_FROM} WHERE p.payload_list_id = $1
      ORDER BY p.major_iov, p.minor_iov, p.id
    ) r`,
};

/** Every payload there is, one JSON text a row. */
export const ALL_IOVS: Statement = {
  label: 'all-iovs',
  text: `SELECT to_json(r)::text FROM (SELECT ${IOV} ${IOV_FROM} ORDER BY p.id) r`,
};
