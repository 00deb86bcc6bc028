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

export function resolve(
  latest: LatestRows,
  moment: Moment,
  mode: IovMode,
  payloadType: string | undefined,
): Resolution {
  const payloads: TimelinePayload[] = [];
  const missing: TimelineList[] = [];
  const isMissing = new Map<number, boolean>();
  let from: Moment | null = null;
  let until: Moment | null = null;
  for (const [number, row] of latest.at(moment).entries()) {
    const { list } = latest.slot(number);
    if (payloadType !== undefined && list.payloadType !== payloadType) continue;
    const end = row === NO_ROW ? moment : validUntil(latest, number, row, mode);
    const isValid = end === null || compareMoments(moment, end) < 0;
    isMissing.set(number, !isValid);
    if (isValid) {
      payloads.push(new TimelinePayload(latest, number, row));
      from = laterOf(from, latest.start(number, row));
      until = earlierOf(until, end);
    } else {
      missing.push(list);
      from = laterOf(from, missingSince(latest, number, row, mode));
    }
  }
  const next = payloadType === undefined ? nextOfAll : nextOfEach;
  until = earlierOf(until, next(latest, moment, until, isMissing, mode));
  return { payloads, missing, window: windowOf(from, until, mode) };
}

/** The first start after a moment, and before another, that changes the answer of some list. */
function nextOfAll(
  latest: LatestRows,
  after: Moment,
  before: Moment | null,
  isMissing: ReadonlyMap<number, boolean>,
  mode: IovMode,
): Moment | null {
  for (const { list, row, start } of rowsAfter(latest, after)) {
    if (before !== null && compareMoments(start, before) >= 0) break;
    if (isMissing.get(list) !== true || !isNeverValid(latest, list, row, mode)) return start;
  }
  return null;
}

/** The same for some of the lists, whose rows may lie far apart. */
function nextOfEach(
  latest: LatestRows,
  after: Moment,
  before: Moment | null,
  isMissing: ReadonlyMap<number, boolean>,
  mode: IovMode,
): Moment | null {
  let first: Moment | null = null;
  for (const [list, missing] of isMissing) {
    let start = latest.nextStart(list, after, before);
    while (start !== null && missing && isNeverValid(latest, list, rowAt(start), mode)) {
      start = latest.nextStart(list, start, before);
    }
    first = earlierOf(first, start);

    function rowAt(moment: Moment): number {
      return latest.at(moment)[list] ?? NO_ROW;
    }
  }
  return first;
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
