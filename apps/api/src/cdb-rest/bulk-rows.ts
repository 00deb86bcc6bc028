import { INT64_MAX, isOpenEnd, type Moment } from '#iov';
import { type FieldError, Problem } from '#problems';
import { int64Error, toBigInt } from '../http/fields.js';
import { invalidRequest } from '../http/validation.js';
import { type ListedPayload } from '../payload-iov/payload-iov.service.js';

/** How many rows one request may bring. */
const MAX_ROWS = 50_000;
/** How many mistakes are told at once. */
const MAX_ERRORS = 10;

/**
 * Reads the rows of `bulk_piov`. Loads have tens of thousands of rows a second, which class-validator
 * does not reach; the rules are those of {@link BulkRow}.
 * @throws Problem invalid-request naming row and field
 */
export function readBulkRows(body: unknown): ListedPayload[] {
  if (!Array.isArray(body)) {
    throw new Problem('invalid-request', 'The body must be a list of payloads.');
  }
  if (body.length > MAX_ROWS) {
    throw new Problem('invalid-request', `At most ${MAX_ROWS} payloads at once.`);
  }
  const errors: FieldError[] = [];
  const rows: ListedPayload[] = [];
  for (const [index, value] of body.entries()) {
    const row = readRow(value, (field, message) =>
      errors.push({ field: `${index}.${field}`, message }),
    );
    if (row !== undefined) rows.push(row);
    if (errors.length >= MAX_ERRORS) break;
  }
  if (errors.length > 0) throw invalidRequest(errors);
  return rows;
}

type Complain = (field: string, message: string) => void;

function readRow(value: unknown, complain: Complain): ListedPayload | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    complain('payload', 'Must be an object.');
    return undefined;
  }
  const row = value as Record<string, unknown>;
  const list = text(row, 'payload_list', complain);
  const payloadUrl = text(row, 'payload_url', complain);
  const checksum = optionalText(row, 'checksum', complain) ?? '';
  const revision = optionalText(row, 'revision', complain) ?? optionalText(row, 'extra', complain);
  const major = integer(row, 'major_iov', complain);
  const minor = integer(row, 'minor_iov', complain);
  const size = optionalInteger(row, 'size', complain);
  const end = endOf(
    optionalInteger(row, 'major_iov_end', complain),
    optionalInteger(row, 'minor_iov_end', complain),
  );
  if (
    list === undefined ||
    payloadUrl === undefined ||
    major === undefined ||
    minor === undefined
  ) {
    return undefined;
  }
  return {
    list,
    payload: { payloadUrl, checksum, size, revision },
    start: { major, minor },
    end,
    // An open end is no end: the reference stored every bulk row so, and the later start won.
    until: isOpenEnd(end) ? 'next' : 'end',
  };
}

/** The end of an interval whose parts may be absent: open. */
export function endOf(major: bigint | null | undefined, minor: bigint | null | undefined): Moment {
  return { major: major ?? INT64_MAX, minor: minor ?? INT64_MAX };
}

function text(row: Record<string, unknown>, field: string, complain: Complain): string | undefined {
  const value = row[field];
  if (value === undefined) complain(field, 'This field is required.');
  else if (value === null) complain(field, 'This field may not be null.');
  else {
    const read = optionalText(row, field, complain);
    if (read !== '') return read ?? undefined;
    complain(field, 'This field may not be blank.');
  }
  return undefined;
}

function optionalText(
  row: Record<string, unknown>,
  field: string,
  complain: Complain,
): string | null {
  const value = row[field];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') complain(field, 'Not a valid string.');
  else if (value.includes('\0')) complain(field, 'Null characters are not allowed.');
  else {
    const trimmed = value.trim();
    if (trimmed.length <= 255) return trimmed;
    complain(field, 'Ensure this field has no more than 255 characters.');
  }
  return null;
}

function integer(
  row: Record<string, unknown>,
  field: string,
  complain: Complain,
): bigint | undefined {
  const value = toBigInt(row[field]);
  const error = int64Error(value);
  if (error === undefined) return value as bigint;
  complain(field, error);
  return undefined;
}

function optionalInteger(
  row: Record<string, unknown>,
  field: string,
  complain: Complain,
): bigint | null {
  if (row[field] === undefined || row[field] === null) return null;
  return integer(row, field, complain) ?? null;
}
