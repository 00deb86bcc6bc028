import { combIovColumn } from '../database/json.sql.js';
import { type Statement } from '../database/query.js';

const PLACED = `
  p.id, p.payload_list_id AS list_id, p.payload_url, p.major_iov, p.minor_iov,
  p.major_iov_end, p.minor_iov_end`;

/** The payload with the latest start at or before (before) a moment: one step down the resolve index. */
const latest = (comparison: '<=' | '<'): string => `
  (SELECT ${PLACED} FROM "PayloadIOV" p
   WHERE p.payload_list_id = b.list_id AND (p.major_iov, p.minor_iov) ${comparison} (b.major, b.minor)
   ORDER BY p.major_iov DESC, p.minor_iov DESC, p.id DESC LIMIT 1)`;

/** $1 lists, $2 $3 moments: what a plan must know of each list around each moment. */
export const NEIGHBOURS: Statement = {
  name: 'neighbours',
  text: `
    SELECT DISTINCT k.*
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS b(list_id, major, minor)
    CROSS JOIN LATERAL (${latest('<=')} UNION ALL ${latest('<')}) k`,
};

const RANGES = `unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
  AS r(list_id, from_major, from_minor, to_major, to_minor)`;

const STARTS_IN_RANGE = `
  p.payload_list_id = r.list_id
  AND (p.major_iov, p.minor_iov) >= (r.from_major, r.from_minor)
  AND (p.major_iov, p.minor_iov) <= (r.to_major, r.to_minor)`;

/** Hashed; `<> ALL` would go through them for each row. */
const NOT_AMONG_6 = 'NOT EXISTS (SELECT FROM unnest($6::bigint[]) AS s(id) WHERE s.id = p.id)';

/**
 * $1 lists, $2 $3 first, $4 $5 last starts, $6 payloads that stay: everything else that starts there
 * leaves its list. Tells the first thousand of them and how many there were.
 */
export const DETACH_RANGES: Statement = {
  name: 'detach-ranges',
  text: `
    WITH detached AS (
      UPDATE "PayloadIOV" p SET payload_list_id = NULL, updated = clock_timestamp()
      FROM ${RANGES}
      WHERE ${STARTS_IN_RANGE} AND ${NOT_AMONG_6}
      RETURNING ${PLACED.replace('p.payload_list_id', 'r.list_id')}
    )
    SELECT *, count(*) OVER () AS detached FROM detached
    ORDER BY list_id, major_iov, minor_iov, id LIMIT 1000`,
};

/** $1 lists, $2 $3 starts: what starts exactly there makes room for a bulk row. */
export const DETACH_STARTS: Statement = {
  name: 'detach-starts',
  text: `
    WITH detached AS (
      UPDATE "PayloadIOV" p SET payload_list_id = NULL, updated = clock_timestamp()
      FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS s(list_id, major, minor)
      WHERE p.payload_list_id = s.list_id AND p.major_iov = s.major AND p.minor_iov = s.minor
      RETURNING ${PLACED.replace('p.payload_list_id', 's.list_id')}
    )
    SELECT *, count(*) OVER () AS detached FROM detached
    ORDER BY list_id, major_iov, minor_iov, id LIMIT 1000`,
};

/**
 * $1…$5 ranges as above, $6 known payloads, $7 discrete mode: a payload that answers somewhere in
 * the ranges. It has the highest id of its start, and its end comes after its start.
 */
export const ANSWERING_IN_RANGES: Statement = {
  name: 'answering-in-ranges',
  text: `
    SELECT ${PLACED}
    FROM ${RANGES} JOIN "PayloadIOV" p ON ${STARTS_IN_RANGE}
    WHERE ${NOT_AMONG_6}
      AND ((p.major_iov_end, p.minor_iov_end) > (p.major_iov, p.minor_iov)
        OR ($7 AND (p.major_iov_end, p.minor_iov_end) = (p.major_iov, p.minor_iov))
        OR (p.major_iov_end = 9223372036854775807 AND p.minor_iov_end = 9223372036854775807))
      AND NOT EXISTS (
        SELECT FROM "PayloadIOV" twin
        WHERE twin.payload_list_id = p.payload_list_id AND twin.major_iov = p.major_iov
          AND twin.minor_iov = p.minor_iov AND twin.id > p.id)
    LIMIT 1`,
};

/** $1 payloads: they leave their list. */
export const DETACH_PAYLOADS: Statement = {
  name: 'detach-payloads',
  text: `
    UPDATE "PayloadIOV" SET payload_list_id = NULL, updated = clock_timestamp()
    WHERE id = ANY($1)`,
};

/** $1 payloads, $2 lists, $3…$6 intervals: what they have from now on. */
export const PLACE_PAYLOADS: Statement = {
  name: 'place-payloads',
  text: `
    UPDATE "PayloadIOV" p
    SET payload_list_id = m.list_id, major_iov = m.major_iov, minor_iov = m.minor_iov,
        major_iov_end = m.major_end, minor_iov_end = m.minor_end, comb_iov = ${combIovColumn('m')},
        updated = clock_timestamp()
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
      AS m(id, list_id, major_iov, minor_iov, major_end, minor_end)
    WHERE p.id = m.id`,
};

const NEW_COLUMNS = `payload_url, checksum, size, extra, major_iov, minor_iov, major_iov_end,
      minor_iov_end, comb_iov, payload_list_id, created, updated`;

/** $1…$8 the payload, $9 who asks: stored without a list, in one statement, shown as `view` writes it. */
export const storePayload = (name: string, view: string): Statement => ({
  name,
  text: `
    WITH p AS (
      INSERT INTO "PayloadIOV" (${NEW_COLUMNS})
      SELECT $1, $2, $3, $4, n.major_iov, n.minor_iov, $7, $8, ${combIovColumn('n')}, NULL,
        clock_timestamp(), clock_timestamp()
      FROM (SELECT $5::bigint AS major_iov, $6::bigint AS minor_iov) n,
        (SELECT set_config('tempora.actor', $9, true) AS actor) by
      WHERE by.actor IS NOT NULL
      RETURNING *
    )
    SELECT to_json(r)::text AS body FROM (SELECT ${view} FROM p LEFT JOIN "PayloadList" l ON false) r`,
});

/** One array per column; ids are given in the order of the arrays. */
export const INSERT_PAYLOADS: Statement = {
  name: 'insert-payloads',
  text: `
    INSERT INTO "PayloadIOV" (${NEW_COLUMNS})
    SELECT n.payload_url, n.checksum, n.size, n.extra, n.major_iov, n.minor_iov, n.major_end,
      n.minor_end, ${combIovColumn('n')}, n.list_id, clock_timestamp(), clock_timestamp()
    FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[],
      $7::bigint[], $8::bigint[], $9::bigint[]) WITH ORDINALITY
      AS n(payload_url, checksum, size, extra, major_iov, minor_iov, major_end, minor_end, list_id, position)
    ORDER BY n.position
    RETURNING id`,
};

/** $1 originals, $2…$5 intervals, $6 lists: further pieces of payloads that were split. */
export const COPY_PAYLOADS: Statement = {
  name: 'copy-payloads',
  text: `
    INSERT INTO "PayloadIOV" (${NEW_COLUMNS})
    SELECT p.payload_url, p.checksum, p.size, p.extra, c.major_iov, c.minor_iov, c.major_end,
      c.minor_end, ${combIovColumn('c')}, c.list_id, clock_timestamp(), clock_timestamp()
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
      WITH ORDINALITY AS c(of, major_iov, minor_iov, major_end, minor_end, list_id, position)
    JOIN "PayloadIOV" p ON p.id = c.of
    ORDER BY c.position
    RETURNING id`,
};

/** $1 payload: locked, so that it is attached once; its list is joined after the lock. */
export const LOCK_PAYLOAD: Statement = {
  name: 'lock-payload',
  text: `
    WITH p AS MATERIALIZED (SELECT * FROM "PayloadIOV" WHERE id = $1 FOR UPDATE)
    SELECT ${PLACED}, l.name AS list_name
    FROM p LEFT JOIN "PayloadList" l ON l.id = p.payload_list_id`,
};

/** $1 list, $2…$5 the interval: the payload that has exactly it, the one that answers if several do. */
export const PAYLOAD_WITH_INTERVAL: Statement = {
  name: 'payload-with-interval',
  text: `
    SELECT ${PLACED} FROM "PayloadIOV" p
    WHERE p.payload_list_id = $1 AND p.major_iov = $2 AND p.minor_iov = $3
      AND p.major_iov_end = $4 AND p.minor_iov_end = $5
    ORDER BY p.id DESC LIMIT 1`,
};

/** $1 payload. */
export const DELETE_PAYLOAD: Statement = {
  name: 'delete-payload',
  text: `DELETE FROM "PayloadIOV" WHERE id = $1`,
};
