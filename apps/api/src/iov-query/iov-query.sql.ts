import { type Statement } from '../database/query.js';
import { PAYLOAD_ROW } from '../read-engine/tag-row.sql.js';

/**
 * One payload per list, and where the next one starts: two steps down `payload_iov_resolve_idx` for
 * each, whatever the length of the lists. PostgreSQL writes the JSON, which is exact for int64 and
 * quicker than mapping rows here. Of several rows with one start the one with the highest id counts,
 * everywhere.
 */
const LATEST_PER_LIST = `
  FROM "GlobalTag" g
  JOIN "PayloadList" l ON l.global_tag_id = g.id
  JOIN "PayloadType" t ON t.id = l.payload_type_id
  LEFT JOIN LATERAL (
    SELECT * FROM "PayloadIOV" p
    WHERE p.payload_list_id = l.id AND (p.major_iov, p.minor_iov) <= ($2, $3)
    ORDER BY p.major_iov DESC, p.minor_iov DESC, p.id DESC
    LIMIT 1
  ) p ON true
  LEFT JOIN LATERAL (
    SELECT ARRAY[n.major_iov, n.minor_iov] AS start FROM "PayloadIOV" n
    WHERE n.payload_list_id = l.id AND (n.major_iov, n.minor_iov) > ($2, $3)
    ORDER BY n.major_iov, n.minor_iov
    LIMIT 1
  ) n ON true
  WHERE g.name = $1`;

const array = (row: string): string => `
  SELECT '[' || COALESCE(string_agg(${row}, ',' ORDER BY t.name COLLATE "C", l.id), '') || ']' AS body,
         (SELECT json_build_array(r.global_tag_id::text, r.revision::text, to_hex(r.mark), s.name)
          FROM "GlobalTag" x JOIN "GlobalTagStatus" s ON s.id = x.status_id
          JOIN "GlobalTagRevision" r ON r.global_tag_id = x.id
          WHERE x.name = $1) AS state,
         max(ARRAY[p.major_iov, p.minor_iov]) FILTER (WHERE p.id IS NOT NULL) AS since,
         min(n.start) AS until
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
