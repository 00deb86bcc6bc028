import { endExclusive, type Interval, type IovMode } from './interval.js';
import { MomentRanks } from './moment-ranks.js';
import { type Moment, OPEN_END } from './moment.js';

/** A payload to insert into a list. */
export interface Insertion {
  readonly start: Moment;
  /** As it is stored. Not read where `until` is `next`: `OPEN_END` is stored then. */
  readonly end: Moment;
  /**
   * `end`: valid from `start` to `end`, whatever is there already.
   * `next`: valid from `start` to the next start in the list, which may come later; it takes away
   * only what starts at exactly the same moment.
   */
  readonly until: 'end' | 'next';
}

/** What is stored of an insertion, wherever the list leaves it. */
export function requestedInterval({ start, end, until }: Insertion): Interval {
  return { start, end: until === 'next' ? OPEN_END : end };
}

/** The first moment after what an insertion takes over by its own end; null if it has none. */
export function takesOverUntil(insertion: Insertion, mode: IovMode): Moment | null {
  return endExclusive(requestedInterval(insertion), mode);
}

/**
 * The moments around which a plan of these (valid) insertions must know the list, in order, each
 * once: the starts, and the first moments after the ends. For each such moment m the caller loads
 * - the payload with the latest start ≤ m, and
 * - the payload with the latest start < m,
 *
 * of several with one start the one with the highest id; for a list of a locked tag also the last
 * payload of the list. Together they are `known`: O(log n) each on an index of the starts.
 *
 * No other payload is needed, however many there are. The plan asks for the latest start at or
 * before such an m at some point of the batch. Were it a payload X that is not known, then the known
 * one at m, which comes after X, must have been taken away or moved by an insertion J of the
 * batch with X.start < J.start ≤ m (otherwise J would have taken X away too). J starts later than X
 * itself, and what takes J's payload away or moves it again starts later than X for the same reason.
 * So something later than X is always there, and X is not the answer.
 *
 * Where all insertions are `next` rows and the tag is not locked, nothing need be known, if the
 * caller itself detaches what starts exactly where one of them starts.
 */
export function neighboursNeeded(
  insertions: readonly Insertion[],
  mode: IovMode,
): readonly Moment[] {
  return new MomentRanks(boundaries(insertions, mode)).distinct;
}

/** The insertions' starts and the first moments after what they take over, in any order. */
export function boundaries(insertions: readonly Insertion[], mode: IovMode): Moment[] {
  const moments: Moment[] = [];
  for (const insertion of insertions) {
    moments.push(insertion.start);
    const until = takesOverUntil(insertion, mode);
    if (until !== null) moments.push(until);
  }
  return moments;
}
