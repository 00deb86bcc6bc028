import { compareMoments, type IovMode, type Moment } from '#iov';
import { type LatestRows } from './latest-rows.js';
import { earlierOf } from './moment-order.js';
import { validUntil } from './row-validity.js';
import { compareStarted, rowsAfter, type StartedRow } from './started-rows.js';
import { TimelinePayload } from './timeline-payload.js';
import { NO_ROW } from './timeline-row.js';
import { type Window, windowOf } from './window.js';

/** A payload and where in a range it is the one that answers. */
export interface EffectivePayload {
  readonly payload: TimelinePayload;
  readonly effective: Window;
}

/**
 * What answers from `from` on and before `until` (null: without bound), in order of start, then
 * list.
 */
export function* between(
  latest: LatestRows,
  from: Moment,
  until: Moment | null,
  mode: IovMode,
): Generator<EffectivePayload, void> {
  if (until !== null && compareMoments(from, until) >= 0) return;
  for (const started of rowsFrom(latest, from)) {
    const { list, row, start } = started;
    if (until !== null && compareMoments(start, until) >= 0) return;
    const begin = compareMoments(start, from) < 0 ? from : start;
    const last = earlierOf(until, validUntil(latest, list, row, mode));
    if (last !== null && compareMoments(last, begin) <= 0) continue;
    const end = earlierOf(last, latest.nextStart(list, start, last));
    yield {
      payload: new TimelinePayload(latest, list, row),
      effective: windowOf(begin, end, mode),
    };
  }
}

/** The latest rows at `from`, then all that start later. */
function* rowsFrom(latest: LatestRows, from: Moment): Generator<StartedRow, void> {
  const before: StartedRow[] = [];
  for (const [list, row] of latest.at(from).entries()) {
    if (row !== NO_ROW) before.push({ list, row, start: latest.start(list, row) });
  }
  yield* before.sort(compareStarted);
  yield* rowsAfter(latest, from);
}
