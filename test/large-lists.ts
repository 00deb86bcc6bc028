/** Fills each payload list with 34 MB of JSON: more than all buffers between database and client hold. */
export const FILL_LISTS = `
INSERT INTO "PayloadIOV" (payload_url, checksum, extra, major_iov, minor_iov, major_iov_end,
                          minor_iov_end, payload_list_id)
SELECT repeat('u', 255), repeat('c', 255), repeat('e', 255), 0, n, 0, n + 1, l.id
  FROM "PayloadList" l, generate_series(1, 40000) AS n`;
