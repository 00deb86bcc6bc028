import { type Statement } from '../database/query.js';
import { EFFECTIVE_PART, endExclusive } from '../iov-query/payload-object.sql.js';

/** What two payloads must have alike to be equal, as JSON text. */
const CONTENT = `
  '{"payload_url":' || to_json(p.payload_url) || ',"checksum":' || to_json(p.checksum)
  || ',"size":' || COALESCE(p.size::text, 'null')
  || ',"revision":' || COALESCE(to_json(p.extra)::text, 'null') || '}'`;

/**
 * $1 $2 two tags, $3 payload type or null, $4 the type to begin with, or null: the payload types of
 * either tag with the list that each tag has of them. An adopted tag may have several: the last counts.
 */
export const LISTS_OF_BOTH: Statement = {
  name: 'lists-of-both',
  text: `
    SELECT t.id, t.name,
           max(l.id) FILTER (WHERE l.global_tag_id = $1) AS first,
           max(l.id) FILTER (WHERE l.global_tag_id = $2) AS second
    FROM "PayloadList" l JOIN "PayloadType" t ON t.id = l.payload_type_id
    WHERE l.global_tag_id IN ($1, $2) AND ($3::text IS NULL OR t.name = $3)
      AND ($4::bigint IS NULL
           OR t.name COLLATE "C" >= (SELECT name FROM "PayloadType" WHERE id = $4) COLLATE "C")
    GROUP BY t.id, t.name
    ORDER BY t.name COLLATE "C"`,
};

/** A start, as a row: that of the payload of a list that may answer at `from`, or `from` itself. */
const firstStart = (list: string): string => {
  const part = (column: string): string => `
    (SELECT f.${column} FROM "PayloadIOV" f
      WHERE f.payload_list_id = ${list} AND (f.major_iov, f.minor_iov) <= ($4::bigint, $5::bigint)
      ORDER BY f.major_iov DESC, f.minor_iov DESC LIMIT 1)`;
  return `(COALESCE(${part('major_iov')}, $4), COALESCE(${part('minor_iov')}, $5))`;
};

/** The payloads of one list, each with the start of the next, from the index, in their order. */
const payloads = (side: 0 | 1, list: string): string => `
  SELECT ${side} AS side, p.major_iov, p.minor_iov, p.major_iov_end, p.minor_iov_end,
         p.payload_url, p.checksum, p.size, p.extra,
         lead(p.major_iov) OVER w AS next_major, lead(p.minor_iov) OVER w AS next_minor
  FROM "PayloadIOV" p
  WHERE p.payload_list_id = ${list}
    AND (p.major_iov, p.minor_iov) >= ${firstStart(list)}
    AND (p.major_iov, p.minor_iov) <= ($8::bigint, $9::bigint)
  WINDOW w AS (ORDER BY p.major_iov, p.minor_iov, p.id)`;

const WHOLE = `ROW(p.major_iov, p.minor_iov, p.major_iov_end, p.minor_iov_end, p.next_major,
  p.next_minor, p.payload_url, p.checksum, p.size, p.extra)`;

/**
 * $1 $2 two lists, either may be null, $3 discrete mode, $4 $5 from, $6 $7 until, excluded, or null,
 * $8 $9 the last start before that: the pieces of time in which a payload answers, of both lists
 * together, in the order of their beginnings. What follows on its like in the other list is left out
 * with it: it tells no difference, and mostly two tags have almost all in common.
 *
 * Nothing is sorted: PostgreSQL merges what it reads from the index, as long as nothing stands
 * between the windows and UNION ALL.
 */
export const PIECES_OF_BOTH: Statement = {
  name: 'pieces-of-both',
  text: `
    SELECT p.side, e.since, e.until, ${CONTENT} AS payload
    FROM (
      SELECT p.*, COALESCE(lag(${WHOLE}) OVER w = ${WHOLE}, false)
               OR COALESCE(lead(${WHOLE}) OVER w = ${WHOLE}, false) AS in_both
      FROM (${payloads(0, '$1::bigint')} UNION ALL ${payloads(1, '$2::bigint')}) p
      WINDOW w AS (ORDER BY p.major_iov, p.minor_iov)
    ) p
    CROSS JOIN LATERAL (${EFFECTIVE_PART}) e
    WHERE NOT p.in_both AND (e.until IS NULL OR e.since < e.until)
    ORDER BY p.major_iov, p.minor_iov`,
};

/** $1 tag, $2 $3 moment, $4 discrete mode, $5 payload type or null: what answers, by type. */
const answers = (tag: string): string => `
  SELECT DISTINCT ON (t.id) t.id AS type_id, t.name AS type, ${CONTENT} AS payload
  FROM "PayloadList" l JOIN "PayloadType" t ON t.id = l.payload_type_id
  LEFT JOIN LATERAL (
    SELECT p.* FROM (
      SELECT p.* FROM "PayloadIOV" p
      WHERE p.payload_list_id = l.id AND (p.major_iov, p.minor_iov) <= ($3::bigint, $4::bigint)
      ORDER BY p.major_iov DESC, p.minor_iov DESC, p.id DESC
      LIMIT 1
    ) p
    WHERE COALESCE(ARRAY[$3::bigint, $4::bigint] < ${endExclusive('p', '$5')}, true)
  ) p ON true
  WHERE l.global_tag_id = (SELECT id FROM "GlobalTag" WHERE name = ${tag})
    AND ($6::text IS NULL OR t.name = $6)
  ORDER BY t.id, l.id DESC`;

/**
 * $1 $2 two tags, $3 $4 moment, $5 discrete mode, $6 payload type or null: the payload types for
 * which the tags answer differently, with both answers.
 */
export const DIFFERENCES_AT: Statement = {
  name: 'differences-at',
  text: `
    SELECT COALESCE(a.type, b.type) AS type, a.payload AS first, b.payload AS second
    FROM (${answers('$1')}) a FULL JOIN (${answers('$2')}) b USING (type_id)
    WHERE a.payload IS DISTINCT FROM b.payload
    ORDER BY COALESCE(a.type, b.type) COLLATE "C"`,
};
