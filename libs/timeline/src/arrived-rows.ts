import { FrameBook } from './frame-book.js';
import { Int64Values } from './int64-values.js';
import { TextStore } from './text-store.js';
import { Uint32Values } from './uint32-values.js';

/** The longest JSON text of a row, in bytes. */
export const LONGEST_ROW = 0xffff;
/** Row numbers from 2^31 on mean something else, see `LatestRows`. */
const MOST_ROWS = 0x7fffffff;

/** The int64 fields of a row in bytes, big-endian as in a COPY: id, major, minor, end of both. */
export const FIELD_BYTES = 5 * BigInt64Array.BYTES_PER_ELEMENT;

/** Rows in the order in which they came. */
export class ArrivedRows {
  readonly ids = new Int64Values();
  readonly majors = new Int64Values();
  readonly minors = new Int64Values();
  readonly endMajors = new Int64Values();
  readonly endMinors = new Int64Values();
  /** Where the text is that is left of a row without its frame. */
  readonly addresses = new Uint32Values();
  /** Frame << 16 | length of that text. */
  readonly shapes = new Uint32Values();
  readonly frames: FrameBook;
  readonly text = new TextStore();
  private readonly columns = [
    this.ids,
    this.majors,
    this.minors,
    this.endMajors,
    this.endMinors,
  ] as const;

  constructor(lists: number) {
    this.frames = new FrameBook(lists);
  }

  get length(): number {
    return this.shapes.length;
  }

  get bytes(): number {
    const columns = this.columns.reduce((sum, column) => sum + column.bytes, 0);
    return columns + this.addresses.bytes + this.shapes.bytes + this.text.bytes;
  }

  listOf(row: number): number {
    return this.frames.listOf(this.shapes.at(row) >>> 16);
  }

  /**
   * @param fields {@link FIELD_BYTES} of it
   * @param text holds the row's JSON text from `from` to before `to`
   * @throws RangeError if the text is too long or the rows are too many
   */
  append(list: number, fields: DataView, text: Uint8Array, from: number, to: number): void {
    if (to - from > LONGEST_ROW) throw new RangeError('a row has up to 65,535 bytes');
    if (this.length >= MOST_ROWS) throw new RangeError('a timeline holds up to 2^31 - 1 rows');
    const { number, head, tail } = this.frames.fit(list, text, from, to);
    const [begin, end] = [from + head.length, to - tail.length];
    this.addresses.push(this.text.append(text, begin, end));
    this.shapes.push(((number << 16) | (end - begin)) >>> 0);
    for (let i = 0; i < this.columns.length; i++) {
      this.columns[i]?.push(fields.getInt32(8 * i), fields.getUint32(8 * i + 4));
    }
  }
}
