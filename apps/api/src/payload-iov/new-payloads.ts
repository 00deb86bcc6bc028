import { type Moment, OPEN_END } from '#iov';
import { type FieldError } from '#problems';
import { NULL, REQUIRED, UNKNOWN } from '../http/field-errors.js';
import { readRows, type RowReader } from '../http/row-reader.js';
import { invalidRequest, jsonObject, MAX_LIST_LENGTH } from '../http/validation.js';
import { type TypedPayload } from './payload-iov.service.js';

const FIELDS = new Set([
  ...['payload_type', 'payload_url', 'checksum', 'size', 'revision', 'from', 'until'],
]);
const MOMENT_FIELDS = new Set(['major', 'minor']);
const NOT_BLANK = { blank: false };

/**
 * Reads the body of an insertion. The rules are those of {@link NewPayloads}.
 * @throws Problem invalid-request naming row and field
 */
export async function readNewPayloads(body: unknown): Promise<TypedPayload[]> {
  const { payloads, ...others } = jsonObject(body);
  const errors: FieldError[] = Object.keys(others).map((field) => ({ field, message: UNKNOWN }));
  const message = listError(payloads);
  if (message !== undefined) errors.push({ field: 'payloads', message });
  if (errors.length > 0) throw invalidRequest(errors);
  return readRows(payloads as readonly unknown[], 'payloads.', readPayload);
}

function listError(payloads: unknown): string | undefined {
  if (payloads === undefined) return REQUIRED;
  if (payloads === null) return NULL;
  if (!Array.isArray(payloads)) return 'Must be a list of payloads.';
  if (payloads.length === 0) return 'Name at least one payload.';
  return payloads.length > MAX_LIST_LENGTH
    ? `At most ${MAX_LIST_LENGTH} payloads at once.`
    : undefined;
}

function readPayload(row: RowReader): TypedPayload {
  row.only(FIELDS);
  return {
    payloadType: row.nameOf('payload_type'),
    payload: {
      payloadUrl: row.text('payload_url'),
      checksum: row.text('checksum'),
      size: row.optionalInteger('size'),
      revision: row.optionalText('revision', NOT_BLANK),
    },
    start: readMoment(row, 'from', 'Must be a moment: { "major": …, "minor": … }.'),
    ...readUntil(row),
  };
}

function readUntil(row: RowReader): { end: Moment; until: 'next' | 'end' } {
  const until = row.value('until');
  if (until === undefined || until === 'next') return { end: OPEN_END, until: 'next' };
  if (until === null || until === 'open') return { end: OPEN_END, until: 'end' };
  const end = readMoment(row, 'until', 'Must be a moment, "next", "open" or null.');
  return { end, until: 'end' };
}

function readMoment(row: RowReader, field: string, message: string): Moment {
  const moment = row.inner(field, message);
  moment.only(MOMENT_FIELDS);
  return { major: moment.integer('major'), minor: moment.integer('minor') };
}
