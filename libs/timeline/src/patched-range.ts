import { compareMoments, type Moment } from '#iov';
import { partitionPoint } from './partition-point.js';

/** Starts from `first` to `last`, both included: the base's rows of the list do not count there. */
export interface PatchedRange {
  readonly first: Moment;
  readonly last: Moment;
  /** The last row of the list in the base that starts before `first`, or `NO_ROW`. */
  readonly before: number;
}

/** The range that `start` lies in, if any; of sorted ranges that do not overlap. */
export function rangeWith(
  ranges: readonly PatchedRange[],
  start: Moment,
): PatchedRange | undefined {
  const startsBy = (i: number): boolean => {
    const range = ranges[i];
    return range !== undefined && compareMoments(range.first, start) <= 0;
  };
  const range = ranges[partitionPoint(ranges.length, startsBy) - 1];
  return range !== undefined && compareMoments(start, range.last) <= 0 ? range : undefined;
}

/**
 * With one more range, made one with those between which and it no row of the base counts; so the
 * row `before` a range always counts. O(log n), apart from copying `ranges`, in which that holds.
 * @param startOf the start of a row of the base
 */
export function withRange(
  ranges: readonly PatchedRange[],
  range: PatchedRange,
  startOf: (row: number) => Moment,
): PatchedRange[] {
  const startsBefore = (i: number): boolean => {
    const other = ranges[i];
    return other !== undefined && compareMoments(other.first, range.first) <= 0;
  };
  let from = partitionPoint(ranges.length, startsBefore);
  let until = from;
  let united = range;
  for (let other = ranges[from - 1]; other !== undefined; other = ranges[from - 1]) {
    if (!isNextTo(other, united, startOf)) break;
    united = { ...other, last: laterOf(other.last, united.last) };
    from--;
  }
  for (let other = ranges[until]; other !== undefined; other = ranges[until]) {
    if (!isNextTo(united, other, startOf)) break;
    united = { ...united, last: laterOf(other.last, united.last) };
    until++;
  }
  return ranges.toSpliced(from, until - from, united);
}

/** Whether `later` overlaps `range`, or all rows of the base between them lie in `range`. */
function isNextTo(
  range: PatchedRange,
  later: PatchedRange,
  startOf: (row: number) => Moment,
): boolean {
  if (compareMoments(later.first, range.last) <= 0 || later.before === range.before) return true;
  return rangeWith([range], startOf(later.before)) !== undefined;
}

function laterOf(a: Moment, b: Moment): Moment {
  return compareMoments(a, b) < 0 ? b : a;
}
