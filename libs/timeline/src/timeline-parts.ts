import { columnBytes, type Int64ColumnParts } from './int64-column.js';
import { type TimelineList } from './timeline-row.js';

/** What rows of a list begin and end with, by frame number; see `FrameBook`. */
export interface FrameParts {
  /** Head and tail of each, one behind the other; a tail ends with the comma after its row. */
  readonly text: SharedArrayBuffer;
  /** Uint16: its list, by the number in {@link TimelineParts.lists}. */
  readonly lists: SharedArrayBuffer;
  /** Three Uint32: where its head is in the text, and how long head and tail are. */
  readonly places: SharedArrayBuffer;
}

/**
 * A timeline at rest, as `TimelineBuilder.build` returns it: plain data over shared memory, to be
 * posted to another thread, which opens it without copying.
 */
export interface TimelineParts {
  /** In the order of answers. */
  readonly lists: readonly TimelineList[];
  /** How many rows each list has. */
  readonly rowsOfList: readonly number[];
  /** How many rows there are; they are numbered in order of start, then list. */
  readonly rows: number;
  readonly majors: Int64ColumnParts;
  readonly minors: Int64ColumnParts;
  readonly endMajors: Int64ColumnParts;
  readonly endMinors: Int64ColumnParts;
  readonly ids: Int64ColumnParts;
  /** Two Uint32 a row: the address of its text without frame, and frame << 16 | length of it. */
  readonly places: SharedArrayBuffer;
  readonly frames: FrameParts;
  readonly text: readonly SharedArrayBuffer[];
  /** Uint32: for every `spacing` rows one entry per list, its last row before, or `NO_ROW`. */
  readonly checkpoints: SharedArrayBuffer;
  readonly spacing: number;
}

/** Memory the parts take, all of it shared. */
export function partsBytes(parts: TimelineParts): number {
  const { majors, minors, endMajors, endMinors, ids, places, frames, text, checkpoints } = parts;
  const columns = [majors, minors, endMajors, endMinors, ids].map(columnBytes);
  const buffers = [places, frames.text, frames.lists, frames.places, ...text, checkpoints];
  return [...columns, ...buffers.map((buffer) => buffer.byteLength)].reduce((a, b) => a + b, 0);
}
