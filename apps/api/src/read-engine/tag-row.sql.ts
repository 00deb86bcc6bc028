/**
 * A payload as the drop-in protocol writes it, as JSON text: the same expression wherever such a row
 * is written, so that answers from memory and from PostgreSQL are the same to the byte.
 */
export const PAYLOAD_ROW = `
  '[' || to_json(t.name) || ',' || to_json(p.payload_url) || ',' || to_json(p.checksum) || ','
  || COALESCE(p.size::text, 'null') || ',' || p.major_iov || ',' || p.minor_iov || ','
  || p.major_iov_end || ',' || p.minor_iov_end || ',' || COALESCE(to_json(p.extra)::text, 'null')
  || ']'`;
