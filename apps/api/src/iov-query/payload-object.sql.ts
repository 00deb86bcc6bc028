/**
 * A payload as the native resolve writes it, as JSON text. `payloadObject` writes the same bytes
 * from memory.
 */
export const PAYLOAD_OBJECT = `
  '{"id":' || p.id || ',"payload_list":' || to_json(l.name) || ',"payload_url":' || to_json(p.payload_url)
  || ',"checksum":' || to_json(p.checksum) || ',"size":' || COALESCE(p.size::text, 'null')
  || ',"revision":' || COALESCE(to_json(p.extra)::text, 'null')
  || ',"from":{"major":' || p.major_iov || ',"minor":' || p.minor_iov || '},"until":'
  || CASE WHEN p.major_iov_end = 9223372036854775807 AND p.minor_iov_end = 9223372036854775807
       THEN 'null'
       ELSE '{"major":' || p.major_iov_end || ',"minor":' || p.minor_iov_end || '}' END
  || '}'`;

const MAX = '9223372036854775807';

/** The first moment after a payload's interval, as an array; null if that is open. */
export const endExclusive = (p: string, discrete: string): string => `
  CASE WHEN ${p}.major_iov_end = ${MAX} AND ${p}.minor_iov_end = ${MAX} THEN NULL
       WHEN NOT ${discrete}::boolean THEN ARRAY[${p}.major_iov_end, ${p}.minor_iov_end]
       WHEN ${p}.minor_iov_end < ${MAX} THEN ARRAY[${p}.major_iov_end, ${p}.minor_iov_end + 1]
       ELSE ARRAY[${p}.major_iov_end + 1, 0] END`;

/**
 * $3 discrete mode, $4 $5 from, $6 $7 until, excluded, or null: where in that range a payload `p` answers,
 * to whose row the start of the next is added.
 */
export const EFFECTIVE_PART = `
  SELECT GREATEST(ARRAY[p.major_iov, p.minor_iov], ARRAY[$4::bigint, $5::bigint]) AS since,
    LEAST(${endExclusive('p', '$3')},
      CASE WHEN p.next_major IS NOT NULL THEN ARRAY[p.next_major, p.next_minor] END,
      CASE WHEN $6::bigint IS NOT NULL THEN ARRAY[$6::bigint, $7::bigint] END) AS until`;
