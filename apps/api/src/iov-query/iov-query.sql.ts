import { moment, until } from '../database/json.sql.js';
import { type Statement } from '../database/query.js';
import { PAYLOAD_ROW } from '../read-engine/tag-row.sql.js';

/**
 * One payload per list: one step down `payload_iov_resolve_idx` each, whatever the length of the
 * lists. PostgreSQL writes the JSON, which is exact for int64 and quicker than mapping rows here.
 * Of several rows with one start the one with the highest id counts, everywhere.
 */
const LATEST_PER_LIST = `
  FROM "GlobalTag" g
  JOIN "PayloadList" l ON l.global_tag_id = g.id
  JOIN "PayloadType" t ON t.id = l.payload_type_id
  CROSS JOIN LATERAL (
    SELECT * FROM "PayloadIOV" p
    WHERE p.payload_list_id = l.id AND (p.major_iov, p.minor_iov) <= ($2, $3)
    ORDER BY p.major_iov DESC, p.minor_iov DESC, p.id DESC
    LIMIT 1
  ) p
  WHERE g.name = $1`;

const array = (row: string): string => `
  SELECT '[' || COALESCE(string_agg(${row}, ',' ORDER BY t.name COLLATE "C", l.id), '') || ']' AS body,
         (SELECT json_build_array(r.global_tag_id::text, r.revision::text, s.name)
          FROM "GlobalTag" x JOIN "GlobalTagStatus" s ON s.id = x.status_id
          JOIN "GlobalTagRevision" r ON r.global_tag_id = x.id
          WHERE x.name = $1) AS state
  ${LATEST_PER_LIST}`;

/** $1 tag, $2 $3 moment: the positional rows of the drop-in protocol. */
export const RESOLVE_ROWS: Statement = {
  name: 'resolve-rows',
  text: array(PAYLOAD_ROW),
};

/** The same as objects (`shape=dict`). */
export const RESOLVE_OBJECTS: Statement = {
  name: 'resolve-objects',
  text: array(`
    '{"payload_type_name":' || to_json(t.name) || ',"payload_url":' || to_json(p.payload_url)
    || ',"checksum":' || to_json(p.checksum) || ',"size":' || COALESCE(p.size::text, 'null')
    || ',"major_iov":' || p.major_iov || ',"minor_iov":' || p.minor_iov
    || ',"major_iov_end":' || p.major_iov_end || ',"minor_iov_end":' || p.minor_iov_end
    || ',"revision":' || COALESCE(to_json(p.extra)::text, 'null') || '}'`),
};

/**
 * $1 tag, $2 $3 moment, $4 discrete mode, $5 one payload type or null: the native answer, ends
 * checked, with the types that have none. No row if the tag does not exist.
 */
export const RESOLVE_TAG: Statement = {
  name: 'resolve-tag',
  text: `
    SELECT json_build_object(
      'global_tag', g.name,
      'at', ${moment('$2::bigint', '$3::bigint')},
      'payloads', COALESCE(
        json_object_agg(a.type, a.payload ORDER BY a.type COLLATE "C")
          FILTER (WHERE a.payload IS NOT NULL), '{}'),
      'missing', COALESCE(
        json_agg(a.type ORDER BY a.type COLLATE "C")
          FILTER (WHERE a.type IS NOT NULL AND a.payload IS NULL),
        CASE WHEN count(a.type) = 0 AND $5 IS NOT NULL THEN json_build_array($5) ELSE '[]' END)
    )::text AS body, count(a.type) AS types
    FROM "GlobalTag" g
    LEFT JOIN LATERAL (
      SELECT t.name AS type, (
        SELECT CASE WHEN (p.major_iov_end = 9223372036854775807 AND p.minor_iov_end = 9223372036854775807)
            OR ($2, $3) < (p.major_iov_end, p.minor_iov_end)
            OR ($4::boolean AND ($2, $3) = (p.major_iov_end, p.minor_iov_end))
          THEN json_build_object('id', p.id, 'payload_list', l.name, 'payload_url', p.payload_url,
            'checksum', p.checksum, 'size', p.size, 'revision', p.extra,
            'from', ${moment('p.major_iov', 'p.minor_iov')},
            'until', ${until('p.major_iov_end', 'p.minor_iov_end')}) END
        FROM "PayloadIOV" p
        WHERE p.payload_list_id = l.id AND (p.major_iov, p.minor_iov) <= ($2, $3)
        ORDER BY p.major_iov DESC, p.minor_iov DESC, p.id DESC
        LIMIT 1
      ) AS payload
      FROM "PayloadList" l JOIN "PayloadType" t ON t.id = l.payload_type_id
      WHERE l.global_tag_id = g.id AND ($5::text IS NULL OR t.name = $5)
    ) a ON true
    WHERE g.name = $1
    GROUP BY g.id`,
};
