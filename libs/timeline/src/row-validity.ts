import { compareMoments, endExclusive, type IovMode, type Moment } from '#iov';
import { type LatestRows } from './latest-rows.js';

/** The first moment after the interval of a row, as stored; null if it is open. */
export function validUntil(
  latest: LatestRows,
  list: number,
  row: number,
  mode: IovMode,
): Moment | null {
  return endExclusive({ start: latest.start(list, row), end: latest.end(list, row) }, mode);
}

/** Whether a row, of adopted data, ends before it starts. */
export function isNeverValid(
  latest: LatestRows,
  list: number,
  row: number,
  mode: IovMode,
): boolean {
  const until = validUntil(latest, list, row, mode);
  return until !== null && compareMoments(until, latest.start(list, row)) <= 0;
}
