/** Pieces of SELECT lists that write JSON as the wire wants it. Column names only, never values. */

/** A time as the drop-in protocol writes it: UTC, microseconds, no zone letter. */
export const djangoTime = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')`;

/** A time as RFC 3339 writes it, with microseconds. */
export const rfc3339 = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** major + minor/10^19 with 19 decimals, exact whatever the stored column holds. */
export const combIov = (major: string, minor: string): string =>
  `(${major} || '.' || lpad(${minor}::text, 19, '0'))`;

/** A moment of the native API. */
export const moment = (major: string, minor: string): string =>
  `json_build_object('major', ${major}, 'minor', ${minor})`;

/** An end of the native API: null for the open end. */
export const until = (major: string, minor: string): string =>
  `CASE WHEN ${major} = 9223372036854775807 AND ${minor} = 9223372036854775807
     THEN NULL ELSE ${moment(major, minor)} END`;

/** The value of the column comb_iov for a row: multiplied, because a division would round. */
export const combIovColumn = (row: string): string =>
  `${row}.major_iov + ${row}.minor_iov * 0.0000000000000000001`;
