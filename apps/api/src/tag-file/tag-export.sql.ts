import { rfc3339 } from '../database/json.sql.js';
import { type Statement } from '../database/query.js';

/** $1 the tag. */
export const EXPORTED_TAG: Statement = {
  label: 'exported-tag',
  text: `
    SELECT g.id, g.name, g.author, g.description, s.name AS status,
           ${rfc3339('g.created')} AS created, ${rfc3339('g.updated')} AS updated
    FROM "GlobalTag" g JOIN "GlobalTagStatus" s ON s.id = g.status_id
    WHERE g.name = $1`,
};

/** $1 the tag. Counted, not as kept: the file is to be right whatever became of the counts. */
export const EXPORTED_LISTS: Statement = {
  label: 'exported-lists',
  text: `
    SELECT l.id, l.name, l.description, t.name AS type, t.description AS type_description,
           (SELECT count(*) FROM "PayloadIOV" p WHERE p.payload_list_id = l.id) AS payloads
    FROM "PayloadList" l JOIN "PayloadType" t ON t.id = l.payload_type_id
    WHERE l.global_tag_id = $1
    ORDER BY t.name COLLATE "C", l.id`,
};

/**
 * $1 the list: its payloads as lines, by their starts. Of several with one start the last answers:
 * whoever stores them in this order keeps that.
 */
export const EXPORTED_PAYLOADS: Statement = {
  label: 'exported-payloads',
  text: `
    SELECT concat('{"payload_url":', to_json(payload_url), ',"checksum":', to_json(checksum),
      ',"size":', COALESCE(size::text, 'null'), ',"revision":', COALESCE(to_json(extra)::text, 'null'),
      ',"from":{"major":', major_iov, ',"minor":', minor_iov, '},"until":',
      CASE WHEN major_iov_end = 9223372036854775807 AND minor_iov_end = 9223372036854775807
        THEN 'null' ELSE concat('{"major":', major_iov_end, ',"minor":', minor_iov_end, '}') END,
      '}') AS line
    FROM "PayloadIOV" WHERE payload_list_id = $1
    ORDER BY major_iov, minor_iov, id`,
};
