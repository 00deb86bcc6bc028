import { FIELD_BYTES } from './arrived-rows.js';

/** Takes a row: its list, its fields as they came, and where its JSON text is. */
export type CopiedRow = (
  list: bigint,
  fields: DataView,
  text: Uint8Array,
  from: number,
  to: number,
) => void;

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
/** Signature, flags, length of the header's extension. */
const HEADER = SIGNATURE.length + 8;
const COLUMNS = 7;
/** Length and value of an int8. */
const INT8 = 4 + 8;
/** From the number of columns to the length of the text. */
const BEFORE_TEXT = 2 + (COLUMNS - 1) * INT8 + 4;
const END = -1;

/**
 * Reads the stream of `COPY (SELECT …) TO STDOUT (FORMAT binary)`, cut anywhere, of a query with the
 * columns payload_list_id, id, major_iov, minor_iov, major_iov_end, minor_iov_end (int8), and the
 * row as JSON (text), none of them null. Layout: the documentation of PostgreSQL, COPY, "Binary
 * Format". No object is made of a row.
 */
export class CopyReader {
  private rest: Uint8Array = new Uint8Array(0);
  private started = false;
  private ended = false;
  private list = 0n;
  private listHigh = 0;
  private listLow = 0;
  private readonly fields = new DataView(new ArrayBuffer(FIELD_BYTES));

  constructor(private readonly take: CopiedRow) {}

  /** @throws TypeError if this is not such a stream */
  push(chunk: Uint8Array): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let at = this.started ? 0 : this.header(bytes);
    while (!this.ended) {
      const next = this.row(bytes, at);
      if (next === at) break;
      at = next;
    }
    // A copy: whoever reads the stream may use the memory of the chunk again.
    this.rest = new Uint8Array(bytes.subarray(at));
  }

  /** To be called when the stream is over. @throws TypeError if something is missing */
  end(): void {
    if (!this.ended || this.rest.length > 0) throw new TypeError('the COPY was cut short');
  }

  /** Where the rows begin; 0 as long as that is not there yet. */
  private header(bytes: Uint8Array): number {
    if (bytes.length < HEADER) return 0;
    if (SIGNATURE.compare(bytes, 0, SIGNATURE.length) !== 0)
      throw new TypeError('not a binary COPY');
    const length = HEADER + int32(bytes, HEADER - 4);
    this.started = bytes.length >= length;
    return this.started ? length : 0;
  }

  /** Reads the row at `at` and returns where the next one begins; `at` if it is not all there. */
  private row(bytes: Uint8Array, at: number): number {
    if (!this.started || bytes.length < at + 2) return at;
    const columns = int16(bytes, at);
    if (columns === END) {
      this.ended = true;
      return at + 2;
    }
    if (columns !== COLUMNS) throw new TypeError(`a row of ${columns} columns, not ${COLUMNS}`);
    const from = at + BEFORE_TEXT;
    if (bytes.length < from) return at;
    for (let column = 0; column < COLUMNS - 1; column++) {
      if (int32(bytes, at + 2 + column * INT8) !== INT8 - 4) {
        throw new TypeError(`column ${column + 1} is not an int8`);
      }
    }
    const length = int32(bytes, from - 4);
    if (length < 0) throw new TypeError('a row without JSON text');
    if (bytes.length < from + length) return at;
    this.readFields(bytes, at + 2);
    this.take(this.list, this.fields, bytes, from, from + length);
    return from + length;
  }

  private readFields(bytes: Uint8Array, first: number): void {
    for (let column = 0; column < COLUMNS - 1; column++) {
      const at = first + column * INT8;
      const high = int32(bytes, at + 4);
      const low = int32(bytes, at + 8);
      if (column === 0) this.readList(high, low);
      else {
        this.fields.setInt32(8 * (column - 1), high);
        this.fields.setInt32(8 * (column - 1) + 4, low);
      }
    }
  }

  /** Rows of one list often come together: no BigInt is made for each. */
  private readList(high: number, low: number): void {
    if (high === this.listHigh && low === this.listLow) return;
    this.listHigh = high;
    this.listLow = low;
    this.list = (BigInt(high) << 32n) | BigInt.asUintN(32, BigInt(low));
  }
}

function int16(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16)) >> 16;
}

function int32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] ?? 0) << 24) |
    ((bytes[at + 1] ?? 0) << 16) |
    ((bytes[at + 2] ?? 0) << 8) |
    (bytes[at + 3] ?? 0)
  );
}
