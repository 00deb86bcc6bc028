import { type Statement } from '../database/query.js';
import { PAYLOAD_ROW } from './tag-row.sql.js';

/** $1 name: what decides whether and how a tag is loaded. */
export const TAG_STATE_BY_NAME: Statement = {
  label: 'tag-state-by-name',
  text: `
    SELECT g.id, g.name, s.name AS status, r.revision, to_hex(r.mark) AS mark, r.payload_iov_count AS payloads
    FROM "GlobalTag" g
    JOIN "GlobalTagStatus" s ON s.id = g.status_id
    JOIN "GlobalTagRevision" r ON r.global_tag_id = g.id
    WHERE g.name = $1`,
};

/** $1 id. */
export const TAG_STATE: Statement = {
  label: 'tag-state',
  text: TAG_STATE_BY_NAME.text.replace('g.name = $1', 'g.id = $1'),
};

/** $1 tag. */
export const LISTS_OF_TAG: Statement = {
  label: 'lists-of-tag',
  text: `
    SELECT l.id, l.name, t.name AS type
    FROM "PayloadList" l JOIN "PayloadType" t ON t.id = l.payload_type_id
    WHERE l.global_tag_id = $1 ORDER BY l.id`,
};

/** The payloads of a tag for COPY, which takes no parameters. */
export const copyOfTag = (tag: bigint): string => `
  COPY (
    SELECT p.payload_list_id, p.id, p.major_iov, p.minor_iov, p.major_iov_end, p.minor_iov_end,
           ${PAYLOAD_ROW}
    FROM "PayloadIOV" p
    JOIN "PayloadList" l ON l.id = p.payload_list_id
    JOIN "PayloadType" t ON t.id = l.payload_type_id
    WHERE l.global_tag_id = ${tag}
  ) TO STDOUT (FORMAT binary)`;

/** The payloads that start in ranges, both ends included. */
const startsIn = (lists: string, ranges: string): string => `
  SELECT r.position, p.id AS payload_id, p.major_iov, p.minor_iov, p.major_iov_end, p.minor_iov_end,
         ${PAYLOAD_ROW} AS json
  FROM unnest(${ranges}) WITH ORDINALITY
    AS r(list_id, first_major, first_minor, last_major, last_minor, position)
  JOIN "PayloadList" l ON l.id = r.list_id ${lists}
  JOIN "PayloadType" t ON t.id = l.payload_type_id
  JOIN "PayloadIOV" p ON p.payload_list_id = r.list_id
    AND (p.major_iov, p.minor_iov) >= (r.first_major, r.first_minor)
    AND (p.major_iov, p.minor_iov) <= (r.last_major, r.last_minor)`;

/** $1 lists, $2…$5 ranges of starts. */
export const STARTS_IN_RANGES: Statement = {
  name: 'starts-in-ranges',
  text: startsIn('', '$1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]'),
};

/** $1 tag, $2 its lists, $3…$6 ranges of starts: the tag, with its payloads that start there, if any. */
export const TAG_WITH_STARTS: Statement = {
  name: 'tag-with-starts',
  text: `
    SELECT tag.*, starts.* FROM (${TAG_STATE.text}) tag
    LEFT JOIN (${startsIn(
      'AND l.global_tag_id = $1',
      '$2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]',
    )}) starts ON true`,
};

/** $1 tags. */
export const REVISIONS: Statement = {
  label: 'revisions',
  text: `
    SELECT global_tag_id AS id, revision, to_hex(mark) AS mark
    FROM "GlobalTagRevision" WHERE global_tag_id = ANY($1)`,
};
