import { type Statement } from '../database/query.js';
import { endExclusive, PAYLOAD_OBJECT } from './payload-object.sql.js';

/** $4: discrete mode. */
const endOf = (p: string): string => endExclusive(p, '$4');

/**
 * Whether a payload counts, and is valid somewhere: it has the highest id of those with its start,
 * and does not end, as adopted ones may, before it starts. Mostly true at the first row; PostgreSQL
 * takes a CASE to be true for every other row, an AND only for few, and would plan for a long search.
 */
const isEverValid = (p: string): string => `
  CASE WHEN ${endOf(p)} <= ARRAY[${p}.major_iov, ${p}.minor_iov] THEN false
       ELSE ${p}.id = (SELECT w.id FROM "PayloadIOV" w
                       WHERE w.payload_list_id = ${p}.payload_list_id
                         AND (w.major_iov, w.minor_iov) = (${p}.major_iov, ${p}.minor_iov)
                       ORDER BY w.major_iov DESC, w.minor_iov DESC, w.id DESC LIMIT 1) END`;

/**
 * $1 tag, $2 $3 moments, $4 discrete mode, $5 one payload type or null: for each moment the core of
 * the native answer, ends checked, with the types that have none, and the window in which it stays
 * the same. No row if the tag does not exist.
 *
 * The window ends at the first end of what is valid, or where the next payload starts in any list;
 * where a list has nothing valid, payloads that are valid nowhere do not count. It begins with the
 * last start of what is valid, or where a list began to have nothing: the end of the last payload
 * that was valid somewhere, or the start of the one after it.
 */
export const RESOLVE_TAG: Statement = {
  name: 'resolve-tag',
  text: `
    SELECT json_build_array(g.id::text, r.revision::text, to_hex(r.mark), s.name) AS state,
      '"payloads":{'
      || COALESCE(string_agg(to_json(a.type) || ':' || a.payload, ','
           ORDER BY a.type COLLATE "C", a.list_id) FILTER (WHERE a.valid), '')
      || '},"missing":['
      || COALESCE(string_agg(to_json(a.type)::text, ','
           ORDER BY a.type COLLATE "C", a.list_id) FILTER (WHERE NOT a.valid), '')
      || ']' AS body,
      count(a.type) AS types, max(a.since) AS since, min(a.until) AS until
    FROM "GlobalTag" g
    JOIN "GlobalTagStatus" s ON s.id = g.status_id
    LEFT JOIN "GlobalTagRevision" r ON r.global_tag_id = g.id
    CROSS JOIN unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY AS m(major, minor, position)
    LEFT JOIN LATERAL (
      SELECT t.name AS type, l.id AS list_id, v.valid,
        CASE WHEN v.valid THEN ${PAYLOAD_OBJECT} END AS payload,
        CASE WHEN v.valid THEN ARRAY[p.major_iov, p.minor_iov] ELSE e.since END AS since,
        LEAST(CASE WHEN v.valid THEN p.ends END, n.start) AS until
      FROM "PayloadList" l
      JOIN "PayloadType" t ON t.id = l.payload_type_id
      LEFT JOIN LATERAL (
        SELECT p.*, ${endOf('p')} AS ends FROM "PayloadIOV" p
        WHERE p.payload_list_id = l.id AND (p.major_iov, p.minor_iov) <= (m.major, m.minor)
        ORDER BY p.major_iov DESC, p.minor_iov DESC, p.id DESC
        LIMIT 1
      ) p ON true
      CROSS JOIN LATERAL (
        SELECT p.id IS NOT NULL AND COALESCE(ARRAY[m.major, m.minor] < p.ends, true) AS valid
      ) v
      LEFT JOIN LATERAL (
        SELECT ARRAY[n.major_iov, n.minor_iov] AS start FROM "PayloadIOV" n
        WHERE n.payload_list_id = l.id AND (n.major_iov, n.minor_iov) > (m.major, m.minor)
          AND (v.valid OR ${isEverValid('n')})
        ORDER BY n.major_iov, n.minor_iov
        LIMIT 1
      ) n ON true
      LEFT JOIN LATERAL (
        SELECT LEAST(q.ends, (
          SELECT ARRAY[w.major_iov, w.minor_iov] FROM "PayloadIOV" w
          WHERE w.payload_list_id = l.id AND (w.major_iov, w.minor_iov) > (q.major_iov, q.minor_iov)
            AND (w.major_iov, w.minor_iov) <= (m.major, m.minor)
          ORDER BY w.major_iov, w.minor_iov
          LIMIT 1
        )) AS since
        FROM (
          SELECT q.major_iov, q.minor_iov, ${endOf('q')} AS ends FROM "PayloadIOV" q
          WHERE NOT v.valid
            AND q.payload_list_id = l.id AND (q.major_iov, q.minor_iov) <= (m.major, m.minor)
            AND ${isEverValid('q')}
          ORDER BY q.major_iov DESC, q.minor_iov DESC, q.id DESC
          LIMIT 1
        ) q
      ) e ON true
      WHERE l.global_tag_id = g.id AND ($5::text IS NULL OR t.name = $5)
    ) a ON true
    WHERE g.name = $1
    GROUP BY g.id, s.name, r.revision, r.mark, m.position
    ORDER BY m.position`,
};

/** The same, with a name for each answer instead of the answer: those that are equal have one. */
export const RESOLVE_TAG_KEYS: Statement = {
  name: 'resolve-tag-keys',
  text: `SELECT md5(r.body) AS key, r.types, r.since, r.until FROM (${RESOLVE_TAG.text}) r`,
};
