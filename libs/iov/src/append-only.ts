import { comparePlaced, type Placed } from './effective.js';
import { type Insertion, requestedInterval } from './insertion.js';
import { compareMoments, isOpenEnd, type Moment } from './moment.js';
import { covers, type Piece } from './working-list.js';

/**
 * The online exception of a locked tag: where the list's last payload is open-ended, answers may
 * change from the first open-ended insertion after its start on; null if nothing is exempt.
 */
export function onlineExemption(
  known: readonly Placed[],
  insertions: readonly Insertion[],
): Moment | null {
  let last: Placed | undefined;
  for (const placed of known) {
    if (last === undefined || comparePlaced(placed, last) > 0) last = placed;
  }
  if (last === undefined || !isOpenEnd(last.end)) return null;
  let from: Moment | null = null;
  for (const insertion of insertions) {
    if (!isOpenEnd(requestedInterval(insertion).end)) continue;
    if (compareMoments(insertion.start, last.start) <= 0) continue;
    if (from === null || compareMoments(insertion.start, from) < 0) from = insertion.start;
  }
  return from;
}

/**
 * The existing payload that `pieces` answered with, at or after `start` and before `exemptFrom`, if
 * any. Each piece has the latest start at or before `start`, or starts after it, so that it answers
 * somewhere from `start` on exactly if it answers at the first moment it shares with it.
 */
export function firstAnswering(
  pieces: readonly (Piece | undefined)[],
  start: Moment,
  exemptFrom: Moment | null,
): Placed | undefined {
  let first: { readonly at: Moment; readonly existing: Placed } | undefined;
  for (const piece of pieces) {
    if (piece?.existing === undefined) continue;
    const at = compareMoments(piece.start, start) < 0 ? start : piece.start;
    if (!covers(piece, at)) continue;
    if (exemptFrom !== null && compareMoments(at, exemptFrom) >= 0) continue;
    if (first === undefined || compareMoments(at, first.at) < 0)
      first = { at, existing: piece.existing };
  }
  return first?.existing;
}
