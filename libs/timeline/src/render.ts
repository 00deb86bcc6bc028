import { AnswerSpace } from './answer-space.js';
import { copyBytes } from './byte-copy.js';
import { type LatestRows } from './latest-rows.js';
import { FIELDS, findFields } from './row-fields.js';
import { SLACK } from './text-store.js';

/** The answers of the drop-in protocol: arrays, or objects for its parameter `shape=dict`. */
export type Shape = 'rows' | 'dict';

const OPEN = 0x5b;
const CLOSE = 0x5d;
const COMMA = 0x2c;

/** What stands before each field of a row in an object, and at last behind it. */
const KEYS = [
  '{"payload_type_name":',
  ',"payload_url":',
  ',"checksum":',
  ',"size":',
  ',"major_iov":',
  ',"minor_iov":',
  ',"major_iov_end":',
  ',"minor_iov_end":',
  ',"revision":',
  '},',
].map((key) => ({ length: key.length, bytes: viewOf(Buffer.from(key)) }));
const KEY_BYTES = KEYS.reduce((sum, { length }) => sum + length, 0);

/** All timelines share these: rendering is never interrupted. */
const answers = new AnswerSpace();
const arrays = new AnswerSpace();
const bounds = new Uint32Array(2 * FIELDS);

/**
 * The answer of the drop-in protocol as JSON text, byte for byte what PostgreSQL writes.
 * @param rows for every list its row, or `NO_ROW`
 * @throws TypeError in shape `dict` for a row whose JSON is not an array of nine
 */
export function render(latest: LatestRows, rows: Uint32Array, shape: Shape): Buffer {
  const length = latest.fetch(rows);
  answers.reserve(2 + length + (shape === 'rows' ? 0 : KEY_BYTES * rows.length));
  const begin = answers.start;
  answers.bytes[begin] = OPEN;
  const end =
    shape === 'rows'
      ? latest.write(rows, answers, begin + 1)
      : writeObjects(latest, rows, length, begin + 1);
  // The bracket takes the place of the comma behind the last row.
  const close = length === 0 ? end : end - 1;
  answers.bytes[close] = CLOSE;
  return answers.take(close + 1);
}

/** The rows as arrays first, then field by field as objects. */
function writeObjects(latest: LatestRows, rows: Uint32Array, length: number, at: number): number {
  arrays.reserve(length);
  const end = latest.write(rows, arrays, 0);
  let to = at;
  for (let from = 0; from < end;) {
    const close = findFields(arrays.bytes, from, bounds);
    if (arrays.bytes[close] !== COMMA) throw new TypeError('a row has something behind it');
    for (let field = 0; field < FIELDS; field++) to = writeField(field, writeKey(field, to));
    to = writeKey(FIELDS, to);
    from = close + 1;
  }
  return to;
}

function writeField(field: number, at: number): number {
  const from = bounds[2 * field] ?? 0;
  const length = (bounds[2 * field + 1] ?? 0) - from;
  copyBytes(arrays.view, from, answers.view, at, length);
  return at + length;
}

function writeKey(field: number, at: number): number {
  const key = KEYS[field];
  if (key === undefined) return at;
  copyBytes(key.bytes, 0, answers.view, at, key.length);
  return at + key.length;
}

/** With the room behind it that copying needs. */
function viewOf(text: Buffer): DataView {
  const padded = Buffer.alloc(text.length + SLACK);
  padded.set(text);
  return new DataView(padded.buffer, padded.byteOffset, padded.length);
}
