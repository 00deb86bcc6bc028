import { compareMoments, type IovMode, type Moment, predecessor } from '#iov';
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

/** Which of the payloads in a range are asked for. */
export interface Part {
  /** Only lists of this type. */
  readonly payloadType?: string | undefined;
  /** Only what comes behind the payload of this list that starts there. */
  readonly after?: { readonly start: Moment; readonly list: bigint } | undefined;
}

/** The last one in order of all that start with it. */
type Position = Pick<StartedRow, 'list' | 'start'>;

/**
 * What answers from `from` on and before `until` (null: without bound), in order of start, then
 * list.
 */
export function* between(
  latest: LatestRows,
  { from, until }: Window,
  mode: IovMode,
  { payloadType, after }: Part,
): Generator<EffectivePayload, void> {
  if (until !== null && compareMoments(from, until) >= 0) return;
  const seen = after && { start: after.start, list: numberOf(latest, after.list) };
  const rows =
    payloadType === undefined
      ? rowsFrom(latest, from, seen)
      : rowsOfType(latest, payloadType, from, seen);
  for (const started of rows) {
    const { list, row, start } = started;
    if (until !== null && compareMoments(start, until) >= 0) return;
    if (seen !== undefined && (compareMoments(start, seen.start) || list - seen.list) <= 0)
      continue;
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

/** -1 for a list that is not there any more. */
function numberOf(latest: LatestRows, id: bigint): number {
  return latest.slots.findIndex(({ list }) => list.id === id);
}

/** The latest rows at `from`, then all that start later; from those on that start where `seen` does. */
function* rowsFrom(
  latest: LatestRows,
  from: Moment,
  seen: Position | undefined,
): Generator<StartedRow, void> {
  if (seen !== undefined && compareMoments(seen.start, from) > 0) {
    yield* rowsAfter(latest, predecessor(seen.start));
    return;
  }
  const before: StartedRow[] = [];
  for (const [list, row] of latest.at(from).entries()) {
    if (row !== NO_ROW) before.push({ list, row, start: latest.start(list, row) });
  }
  yield* before.sort(compareStarted);
  yield* rowsAfter(latest, from);
}

/** The same of the lists of one type, without looking at the rows of all others. */
function* rowsOfType(
  latest: LatestRows,
  payloadType: string,
  from: Moment,
  seen: Position | undefined,
): Generator<StartedRow, void> {
  const next: StartedRow[] = [];
  for (const [list, slot] of latest.slots.entries()) {
    if (slot.list.payloadType !== payloadType) continue;
    const resumes = seen !== undefined && compareMoments(seen.start, from) > 0;
    const first = resumes
      ? rowAfter(latest, list, predecessor(seen.start))
      : (rowAt(latest, list, from) ?? rowAfter(latest, list, from));
    if (first !== undefined) next.push(first);
  }
  for (;;) {
    const [row] = next.sort(compareStarted);
    if (row === undefined) return;
    yield row;
    next.shift();
    const following = rowAfter(latest, row.list, row.start);
    if (following !== undefined) next.push(following);
  }
}

function rowAfter(latest: LatestRows, list: number, moment: Moment): StartedRow | undefined {
  const start = latest.nextStart(list, moment, null);
  return start === null ? undefined : rowAt(latest, list, start);
}

function rowAt(latest: LatestRows, list: number, moment: Moment): StartedRow | undefined {
  const row = latest.at(moment)[list] ?? NO_ROW;
  return row === NO_ROW ? undefined : { list, row, start: latest.start(list, row) };
}
