import { moment, rfc3339, until } from '../database/json.sql.js';
import { type Statement } from '../database/query.js';

const VIEW = `
  p.id, t.name AS payload_type, l.name AS payload_list, g.name AS global_tag, p.payload_url,
  p.checksum, p.size, p.extra AS revision, ${moment('p.major_iov', 'p.minor_iov')} AS "from",
  ${until('p.major_iov_end', 'p.minor_iov_end')} AS until, ${rfc3339('p.created')} AS inserted`;

const FROM = `
  FROM "PayloadIOV" p
  LEFT JOIN "PayloadList" l ON l.id = p.payload_list_id
  LEFT JOIN "PayloadType" t ON t.id = l.payload_type_id
  LEFT JOIN "GlobalTag" g ON g.id = l.global_tag_id`;

/** $1 the payload. */
export const PAYLOAD_BY_ID: Statement = {
  name: 'payload-by-id',
  text: `SELECT to_json(r)::text AS body FROM (SELECT ${VIEW} ${FROM} WHERE p.id = $1) r`,
};

const LISTS_OF_TAG = `
  FROM "GlobalTag" g
  JOIN "PayloadList" l ON l.global_tag_id = g.id
  JOIN "PayloadType" t ON t.id = l.payload_type_id
  WHERE g.name = $1 AND ($2::text IS NULL OR t.name = $2)`;

const ONE_LIST = `
  FROM "PayloadList" l
  JOIN "PayloadType" t ON t.id = l.payload_type_id
  LEFT JOIN "GlobalTag" g ON g.id = l.global_tag_id
  WHERE l.name = $1 AND ($2::text IS NULL OR t.name = $2)`;

/**
 * $1 tag or list, $2 payload type or null, $3 $4 $5 start and number of the last payload seen,
 * $6 $7 moment that starts must not pass, $8 how many: the next payloads in the order of their
 * starts. Each list gives its next few from the index; only those are merged and sorted.
 */
const page = (lists: string): string => `
  SELECT COALESCE(json_agg(to_json(r)), '[]')::text AS items,
         (json_agg(json_build_array(r."from"->>'major', r."from"->>'minor', r.id::text)) -> -1)::text AS last
  FROM (
    SELECT ${VIEW}
    FROM (SELECT l.id AS list_id, l.name AS list, t.name AS type, g.name AS tag ${lists}) x
    CROSS JOIN LATERAL (
      SELECT * FROM "PayloadIOV" p
      WHERE p.payload_list_id = x.list_id
        AND (p.major_iov, p.minor_iov, p.id) > ($3::bigint, $4::bigint, $5::bigint)
        AND (p.major_iov, p.minor_iov) <= ($6::bigint, $7::bigint)
      ORDER BY p.major_iov, p.minor_iov, p.id
      LIMIT $8
    ) p
    CROSS JOIN LATERAL (SELECT x.list AS name) l
    CROSS JOIN LATERAL (SELECT x.type AS name) t
    CROSS JOIN LATERAL (SELECT x.tag AS name) g
    ORDER BY p.major_iov, p.minor_iov, p.id
    LIMIT $8
  ) r`;

export const PAYLOADS_OF_TAG: Statement = { name: 'payloads-of-tag', text: page(LISTS_OF_TAG) };
export const PAYLOADS_OF_LIST: Statement = { name: 'payloads-of-list', text: page(ONE_LIST) };

/**
 * $1 tag or list, $2 payload type or null, $3 $4 first start, $5 $6 last start: how many, and how
 * many of them come after $7 $8 $9, the start and number of the last payload seen.
 */
const total = (lists: string): string => `
  SELECT count(*) AS total, count(*) FILTER (
    WHERE (p.major_iov, p.minor_iov, p.id) > ($7::bigint, $8::bigint, $9::bigint)) AS unseen
  FROM "PayloadIOV" p
  WHERE p.payload_list_id IN (SELECT l.id ${lists})
    AND (p.major_iov, p.minor_iov) >= ($3::bigint, $4::bigint)
    AND (p.major_iov, p.minor_iov) <= ($5::bigint, $6::bigint)`;

export const COUNT_PAYLOADS_OF_TAG: Statement = {
  name: 'count-payloads-of-tag',
  text: total(LISTS_OF_TAG),
};

export const COUNT_PAYLOADS_OF_LIST: Statement = {
  name: 'count-payloads-of-list',
  text: total(ONE_LIST),
};
