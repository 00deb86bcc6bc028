import { inAnswerOrder } from './answer-order.js';
import { ArrivedRows, FIELD_BYTES, LONGEST_ROW } from './arrived-rows.js';
import { CopyReader } from './copy-reader.js';
import { mergeRows } from './merge-rows.js';
import { type TimelineParts } from './timeline-parts.js';
import { type TimelineList, type TimelineRow } from './timeline-row.js';

/**
 * Builds the timeline of a global tag from its payloads, in whatever order they come. Texts stay
 * where they arrive and rows are only numbered in order of start, so that building needs little
 * more memory than the timeline itself. Meant for a worker thread:
 *
 * ```ts
 * const builder = new TimelineBuilder(lists);
 * const copy = builder.copyReader(); // or builder.add(list.id, row) for each
 * for await (const chunk of stream) copy.push(chunk);
 * copy.end();
 * parentPort.postMessage(builder.build()); // in the main thread: Timeline.open(parts, mode)
 * ```
 */
export class TimelineBuilder {
  private readonly lists: readonly TimelineList[];
  private readonly numbers: ReadonlyMap<bigint, number>;
  private readonly arrived: ArrivedRows;
  private readonly fields = new DataView(new ArrayBuffer(FIELD_BYTES));
  private readonly encoder = new TextEncoder();
  private readonly encoded = new Uint8Array(LONGEST_ROW);

  /**
   * @param lists all lists of the tag, those without payloads too
   * @throws RangeError for more than 32,767 lists
   */
  constructor(lists: Iterable<TimelineList>) {
    this.lists = inAnswerOrder(lists);
    this.numbers = new Map(this.lists.map((list, number) => [list.id, number]));
    this.arrived = new ArrivedRows(this.lists.length);
  }

  /** Rows added so far. */
  get rows(): number {
    return this.arrived.length;
  }

  /** Memory used so far. A load that goes beyond its budget can be given up early by it. */
  get bytes(): number {
    return this.arrived.bytes;
  }

  /**
   * Adds a payload of the list. Of several with one start in a list the highest id counts.
   * @throws RangeError for a list that was not announced, JSON text of more than 65,535 bytes, more
   * than 4 GiB of text
   */
  add(list: bigint, { id, start, end, json }: TimelineRow): void {
    const { fields } = this;
    fields.setBigInt64(0, id);
    fields.setBigInt64(8, start.major);
    fields.setBigInt64(16, start.minor);
    fields.setBigInt64(24, end.major);
    fields.setBigInt64(32, end.minor);
    const text = typeof json === 'string' ? this.encode(json) : json;
    this.arrived.append(this.numberOf(list), fields, text, 0, text.length);
  }

  /** A reader that adds the payloads of a binary COPY. */
  copyReader(): CopyReader {
    return new CopyReader((list, fields, text, from, to) => {
      this.arrived.append(this.numberOf(list), fields, text, from, to);
    });
  }

  /** The timeline, to be opened in this thread or another. Nothing may be added afterwards. */
  build(): TimelineParts {
    return mergeRows(this.lists, this.arrived);
  }

  private numberOf(list: bigint): number {
    const number = this.numbers.get(list);
    if (number === undefined) throw new RangeError(`list ${list} is not one of the timeline's`);
    return number;
  }

  private encode(json: string): Uint8Array {
    const { read, written } = this.encoder.encodeInto(json, this.encoded);
    if (read < json.length) throw new RangeError('a row has up to 65,535 bytes');
    return this.encoded.subarray(0, written);
  }
}
