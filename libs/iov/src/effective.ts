import { includes, type Interval, type IovMode } from './interval.js';
import { compareMoments, type Moment } from './moment.js';

/** A payload in a list, by the id of its row. */
export interface Placed extends Interval {
  readonly id: bigint;
}

/** The order in which a list is read: by start; of several with one start the highest id is last. */
export function comparePlaced(a: Placed, b: Placed): number {
  return compareMoments(a.start, b.start) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/**
 * The payload with the latest start at or before `moment`, whatever its end; of several with one
 * start the one with the highest id. `list` may be in any order; reads all of it.
 */
export function latestStart(list: Iterable<Placed>, moment: Moment): Placed | undefined {
  let latest: Placed | undefined;
  for (const placed of list) {
    if (compareMoments(placed.start, moment) > 0) continue;
    if (latest === undefined || comparePlaced(placed, latest) > 0) latest = placed;
  }
  return latest;
}

/**
 * The payload that answers at `moment`: {@link latestStart} if it includes the moment. If it does
 * not, nothing answers: payloads with an earlier start are not searched.
 */
export function effectiveAt(
  list: Iterable<Placed>,
  moment: Moment,
  mode: IovMode,
): Placed | undefined {
  const latest = latestStart(list, moment);
  return latest !== undefined && includes(latest, moment, mode) ? latest : undefined;
}
