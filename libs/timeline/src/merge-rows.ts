import { type ArrivedRows } from './arrived-rows.js';
import { type Int64ColumnParts, repeats } from './int64-column.js';
import { type Int64Values } from './int64-values.js';
import { sortedOrder } from './sorted-order.js';
import { sortTexts } from './text-by-start.js';
import { type TimelineParts } from './timeline-parts.js';
import { NO_ROW, type TimelineList } from './timeline-row.js';

/** Checkpoints are this far apart, or as far as there are twice the lists. */
const LEAST_SPACING = 64;

/** Numbers the rows in order of start, then list, and empties `arrived`. */
export function mergeRows(lists: readonly TimelineList[], arrived: ArrivedRows): TimelineParts {
  const order = withoutTwins(arrived, sortedOrder(arrived.length, sortKeys(arrived)));
  const take = (values: Int64Values): Int64ColumnParts => {
    const column = values.inOrder(order);
    values.clear();
    return column;
  };
  const columns = {
    majors: take(arrived.majors),
    minors: take(arrived.minors),
    endMajors: take(arrived.endMajors),
    endMinors: take(arrived.endMinors),
    ids: take(arrived.ids),
  };
  const places = placesInOrder(arrived, order);
  return {
    lists,
    rows: order.length,
    ...columns,
    places,
    frames: arrived.frames.finish(),
    text: sortTexts(arrived.text, new Uint32Array(places)),
    ...checkpoints(arrived, new Uint32Array(places), lists.length),
  };
}

/** One at a time, so that no two of them are in memory. */
function* sortKeys(arrived: ArrivedRows): Generator<Uint32Array> {
  const lists = new Uint32Array(arrived.length);
  for (let row = 0; row < lists.length; row++) lists[row] = arrived.listOf(row);
  yield lists;
  yield* arrived.minors.sortKeys();
  yield* arrived.majors.sortKeys();
}

/** Leaves out rows that never answer: another of their list has the same start and a higher id. */
function withoutTwins(arrived: ArrivedRows, order: Uint32Array): Uint32Array {
  const sameMajor = repeats(arrived.majors.inOrder(order));
  const sameMinor = repeats(arrived.minors.inOrder(order));
  const kept = new Uint32Array(order.length);
  let count = 0;
  for (let i = 0; i < order.length; i++) {
    const row = order[i] ?? 0;
    const before = kept[count - 1] ?? 0;
    const isTwin =
      count > 0 && sameMinor(i) && sameMajor(i) && arrived.listOf(row) === arrived.listOf(before);
    if (!isTwin) kept[count++] = row;
    else if (arrived.ids.at(row) > arrived.ids.at(before)) kept[count - 1] = row;
  }
  return kept.subarray(0, count);
}

function placesInOrder(arrived: ArrivedRows, order: Uint32Array): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(2 * order.length * Uint32Array.BYTES_PER_ELEMENT);
  const places = new Uint32Array(buffer);
  for (let row = 0; row < order.length; row++) {
    const index = order[row] ?? 0;
    places[2 * row] = arrived.addresses.at(index);
    places[2 * row + 1] = arrived.shapes.at(index);
  }
  arrived.addresses.clear();
  arrived.shapes.clear();
  return buffer;
}

/**
 * What every list answers before each `spacing`-th row. The spacing grows with the lists, so that
 * checkpoints cost two bytes a row however many lists there are; an answer replays at most `spacing`
 * rows, which is little beside writing one per list.
 */
function checkpoints(
  arrived: ArrivedRows,
  places: Uint32Array,
  lists: number,
): Pick<TimelineParts, 'checkpoints' | 'spacing' | 'rowsOfList'> {
  const rows = places.length / 2;
  const spacing = Math.max(LEAST_SPACING, 2 * lists);
  const count = Math.ceil(rows / spacing);
  const buffer = new SharedArrayBuffer(count * lists * Uint32Array.BYTES_PER_ELEMENT);
  const entries = new Uint32Array(buffer);
  const latest = new Uint32Array(lists).fill(NO_ROW);
  const rowsOfList = new Array<number>(lists).fill(0);
  for (let row = 0; row < rows; row++) {
    if (row % spacing === 0) entries.set(latest, (row / spacing) * lists);
    const list = arrived.frames.listOf((places[2 * row + 1] ?? 0) >>> 16);
    latest[list] = row;
    rowsOfList[list] = (rowsOfList[list] ?? 0) + 1;
  }
  return { checkpoints: buffer, spacing, rowsOfList };
}
