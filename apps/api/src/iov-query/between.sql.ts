import { type Statement } from '../database/query.js';
import { EFFECTIVE_PART, PAYLOAD_OBJECT } from './payload-object.sql.js';

/**
 * $1 tag, $2 payload type or null, $3 discrete mode, $4 $5 from, $6 $7 until, excluded, or null,
 * $8 $9 the last start before that, $10 $11 $12 start and list of the last payload seen, or null,
 * $13 $14 that start if it comes after `from`, else null, $15 how many, or null: what answers in a
 * range and where, in order of start, then list.
 *
 * Each list gives its rows from the index, from the one that answers at `from` on, each with the
 * start of the next: where a later one starts it answers no longer. The lists are merged by sorting,
 * which PostgreSQL does on disk where they are long.
 */
export const PAYLOADS_BETWEEN: Statement = {
  name: 'payloads-between',
  text: `
    SELECT to_json(t.name)::text AS type, ${PAYLOAD_OBJECT} AS payload, p.since, p.until,
           ARRAY[p.major_iov, p.minor_iov] AS start, l.id::text AS list
    FROM "GlobalTag" g
    JOIN "PayloadList" l ON l.global_tag_id = g.id
    JOIN "PayloadType" t ON t.id = l.payload_type_id
    LEFT JOIN LATERAL (
      SELECT f.major_iov AS major, f.minor_iov AS minor FROM "PayloadIOV" f
      WHERE f.payload_list_id = l.id AND (f.major_iov, f.minor_iov) <= ($4::bigint, $5::bigint)
      ORDER BY f.major_iov DESC, f.minor_iov DESC
      LIMIT 1
    ) f ON true
    CROSS JOIN LATERAL (
      SELECT p.*, e.since, e.until
      FROM (
        SELECT p.*, lead(p.major_iov) OVER w AS next_major, lead(p.minor_iov) OVER w AS next_minor
        FROM "PayloadIOV" p
        WHERE p.payload_list_id = l.id
          AND (p.major_iov, p.minor_iov)
            >= (COALESCE($13::bigint, f.major, $4::bigint), COALESCE($14::bigint, f.minor, $5::bigint))
          AND (p.major_iov, p.minor_iov) <= ($8::bigint, $9::bigint)
        WINDOW w AS (ORDER BY p.major_iov, p.minor_iov, p.id)
      ) p
      CROSS JOIN LATERAL (${EFFECTIVE_PART}) e
      WHERE (e.until IS NULL OR e.since < e.until)
        AND ($10::bigint IS NULL OR (p.major_iov, p.minor_iov, t.name COLLATE "C", l.id) > (
          $10::bigint, $11::bigint,
          COALESCE((SELECT st.name FROM "PayloadList" sl JOIN "PayloadType" st
                      ON st.id = sl.payload_type_id WHERE sl.id = $12::bigint), '') COLLATE "C",
          $12::bigint))
      ORDER BY p.major_iov, p.minor_iov, p.id
      LIMIT $15
    ) p
    WHERE g.name = $1 AND ($2::text IS NULL OR t.name = $2)
    ORDER BY p.major_iov, p.minor_iov, t.name COLLATE "C", l.id
    LIMIT $15`,
};
