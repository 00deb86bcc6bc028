import { compareMoments, type Moment } from './moment.js';

/** Moments from `from` on and before `until`, in both modes; null: no upper bound. */
export interface MomentRange {
  readonly from: Moment;
  readonly until: Moment | null;
}

function reaches(until: Moment | null, moment: Moment): boolean {
  return until === null || compareMoments(until, moment) >= 0;
}

/** The same moments in ranges that are sorted and neither overlap nor touch. */
export function uniteRanges(ranges: readonly MomentRange[]): MomentRange[] {
  const united: MomentRange[] = [];
  for (const range of ranges.toSorted((a, b) => compareMoments(a.from, b.from))) {
    const last = united.at(-1);
    if (last === undefined || !reaches(last.until, range.from)) united.push(range);
    else if (last.until !== null && (range.until === null || reaches(range.until, last.until))) {
      united[united.length - 1] = { from: last.from, until: range.until };
    }
  }
  return united;
}

/** Whether `moment` lies in one of `ranges`, which are sorted and disjoint; O(log n). */
export function inRanges(ranges: readonly MomentRange[], moment: Moment): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle];
    if (range !== undefined && compareMoments(range.from, moment) <= 0) low = middle + 1;
    else high = middle;
  }
  const range = ranges[low - 1];
  return range !== undefined && (range.until === null || compareMoments(moment, range.until) < 0);
}
