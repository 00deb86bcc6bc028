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
 * The ranges sorted, and those made one between which no row of the base counts; so the row `before`
 * a range always counts.
 * @param startOf the start of a row of the base
 */
export function united(
  ranges: readonly PatchedRange[],
  startOf: (row: number) => Moment,
): PatchedRange[] {
  const result: PatchedRange[] = [];
  for (const range of ranges.toSorted((a, b) => compareMoments(a.first, b.first))) {
    const last = result.at(-1);
    if (last === undefined || !isNextTo(last, range, startOf)) result.push(range);
    else if (compareMoments(range.last, last.last) > 0) {
      result[result.length - 1] = { ...last, last: range.last };
    }
  }
  return result;
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
