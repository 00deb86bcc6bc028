import { compareMoments, type IovMode, type Moment } from '#iov';
import { type LatestRows } from './latest-rows.js';
import { earlierOf, laterOf } from './moment-order.js';
import { isNeverValid, validUntil } from './row-validity.js';
import { rowsAfter } from './started-rows.js';
import { TimelinePayload } from './timeline-payload.js';
import { NO_ROW, type TimelineList } from './timeline-row.js';
import { type Window, windowOf } from './window.js';

/** Which payloads are valid at a moment, ends checked. */
export interface Resolution {
  /** In the order of answers, at most one of each list. */
  readonly payloads: readonly TimelinePayload[];
  /** The lists that have none, in the order of answers. */
  readonly missing: readonly TimelineList[];
  /** Where all of this stays the same. */
  readonly window: Window;
}

export function resolve(latest: LatestRows, moment: Moment, mode: IovMode): Resolution {
  const payloads: TimelinePayload[] = [];
  const missing: TimelineList[] = [];
  const isMissing = new Set<number>();
  let from: Moment | null = null;
  let until: Moment | null = null;
  for (const [number, row] of latest.at(moment).entries()) {
    const end = row === NO_ROW ? moment : validUntil(latest, number, row, mode);
    if (end === null || compareMoments(moment, end) < 0) {
      payloads.push(new TimelinePayload(latest, number, row));
      from = laterOf(from, latest.start(number, row));
      until = earlierOf(until, end);
    } else {
      missing.push(latest.slot(number).list);
      isMissing.add(number);
      from = laterOf(from, missingSince(latest, number, row, mode));
    }
  }
  for (const { list, row, start } of rowsAfter(latest, moment)) {
    if (until !== null && compareMoments(start, until) >= 0) break;
    if (isMissing.has(list) && isNeverValid(latest, list, row, mode)) continue;
    until = start;
    break;
  }
  return { payloads, missing, window: windowOf(from, until, mode) };
}

/** The first moment since which a list has had nothing valid, its latest row being `row`. */
function missingSince(
  latest: LatestRows,
  number: number,
  row: number,
  mode: IovMode,
): Moment | null {
  let since: Moment | null = null;
  let candidate = row;
  // Rows of damaged lists that are never valid end what was before them, and that is all.
  while (candidate !== NO_ROW && isNeverValid(latest, number, candidate, mode)) {
    since = latest.start(number, candidate);
    candidate = latest.rowBefore(number, since);
  }
  return candidate === NO_ROW
    ? null
    : earlierOf(since, validUntil(latest, number, candidate, mode));
}
