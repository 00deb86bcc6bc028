import { type ArrivedRows } from './arrived-rows.js';
import { sortedOrder } from './sorted-order.js';
import { sortTexts } from './text-by-start.js';
import { type TimelineParts } from './timeline-parts.js';
import { NO_ROW, type TimelineList } from './timeline-row.js';

/** Checkpoints are this far apart, or as far as there are twice the lists. */
const LEAST_SPACING = 64;

/** Numbers the rows in order of start, then list, and empties `arrived`. */
export function mergeRows(lists: readonly TimelineList[], arrived: ArrivedRows): TimelineParts {
  const order = withoutTwins(arrived, sortedOrder(arrived.length, sortKeys(arrived)));
  const places = placesInOrder(arrived, order);
  return {
    lists,
    rows: order.length,
    majors: arrived.majors.takeInOrder(order),
    minors: arrived.minors.takeInOrder(order),
    endMajors: arrived.endMajors.takeInOrder(order),
    endMinors: arrived.endMinors.takeInOrder(order),
    ids: arrived.ids.takeInOrder(order),
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
  const { majors, minors, ids } = arrived;
  let kept = 0;
  for (const row of order) {
    const before = order[kept - 1] ?? row;
    const twins =
      kept > 0 &&
      minors.same(row, before) &&
      majors.same(row, before) &&
      arrived.listOf(row) === arrived.listOf(before);
    if (!twins) order[kept++] = row;
    else if (ids.at(row) > ids.at(before)) order[kept - 1] = row;
  }
  return order.subarray(0, kept);
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
