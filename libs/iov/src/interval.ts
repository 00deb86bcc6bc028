import {
  compareMoments,
  formatMoment,
  INT64_MAX,
  isOpenEnd,
  type Moment,
  successor,
} from './moment.js';

/** What the end of an interval means: `continuous` is [start, end), `discrete` is [start, end]. */
export type IovMode = 'continuous' | 'discrete';

/**
 * An interval of validity as it is stored. In both modes the end `OPEN_END` is open: every moment
 * from the start on is included, the last one too.
 */
export interface Interval {
  readonly start: Moment;
  readonly end: Moment;
}

function inRange(part: bigint): boolean {
  return part >= 0n && part <= INT64_MAX;
}

/** Whether it may be inserted: parts from 0 to 2^63-1, the start before the end (discrete: or at). */
export function isValidInterval({ start, end }: Interval, mode: IovMode): boolean {
  if (![start.major, start.minor, end.major, end.minor].every(inRange)) return false;
  const order = compareMoments(start, end);
  return mode === 'continuous' ? order < 0 : order <= 0;
}

/** Whether `moment` lies inside. Nothing lies inside a damaged interval, whose end is too early. */
export function includes(interval: Interval, moment: Moment, mode: IovMode): boolean {
  if (compareMoments(moment, interval.start) < 0) return false;
  if (isOpenEnd(interval.end)) return true;
  const order = compareMoments(moment, interval.end);
  return mode === 'continuous' ? order < 0 : order <= 0;
}

/**
 * The first moment after the interval, the same thing in both modes; null if it is open. In discrete
 * mode the last moment, (2^63-1, 2^63-1), can be that first moment after: it is not "open" then.
 */
export function endExclusive({ end }: Interval, mode: IovMode): Moment | null {
  if (isOpenEnd(end)) return null;
  return mode === 'continuous' ? end : successor(end);
}

/** "[(0, 10), (0, 20))", discrete "[(0, 10), (0, 19)]", open "[(0, 10), open)". */
export function formatInterval({ start, end }: Interval, mode: IovMode): string {
  const bracket = mode === 'discrete' && !isOpenEnd(end) ? ']' : ')';
  return `[(${start.major}, ${start.minor}), ${formatMoment(end)}${bracket}`;
}
