import { INT64_MAX, isOpenEnd, type Moment } from '#iov';
import { Problem } from '#problems';
import { readRows, type RowReader } from '../http/row-reader.js';
import { type ListedPayload } from '../payload-iov/payload-iov.service.js';

/** How many rows one request may bring. */
const MAX_BULK_ROWS = 50_000;

/** What need not be there may be empty as well. */
const OPTIONAL = { blank: true };

/**
 * Reads the rows of `bulk_piov`. The rules are those of {@link BulkRow}.
 * @throws Problem invalid-request naming row and field
 */
export async function readBulkRows(body: unknown): Promise<ListedPayload[]> {
  if (!Array.isArray(body)) {
    throw new Problem('invalid-request', 'The body must be a list of payloads.');
  }
  if (body.length > MAX_BULK_ROWS) {
    throw new Problem('invalid-request', `At most ${MAX_BULK_ROWS} payloads at once.`);
  }
  return readRows(body, '', readRow);
}

function readRow(row: RowReader): ListedPayload {
  const end = endOf(row.optionalInteger('major_iov_end'), row.optionalInteger('minor_iov_end'));
  return {
    list: row.nameOf('payload_list', 255),
    payload: {
      payloadUrl: row.text('payload_url'),
      checksum: row.optionalText('checksum', OPTIONAL) ?? '',
      size: row.optionalInteger('size'),
      revision: row.optionalText('revision', OPTIONAL) ?? row.optionalText('extra', OPTIONAL),
    },
    start: { major: row.integer('major_iov'), minor: row.integer('minor_iov') },
    end,
    // An open end is no end: the reference stored every bulk row so, and the later start won.
    until: isOpenEnd(end) ? 'next' : 'end',
  };
}

/** The end of an interval; a part of it that is absent is the greatest there is, as in the reference. */
export function endOf(major: bigint | null | undefined, minor: bigint | null | undefined): Moment {
  return { major: major ?? INT64_MAX, minor: minor ?? INT64_MAX };
}
