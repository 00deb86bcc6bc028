import { Batch } from './batch.js';
import { type InsertionPlan, type InsertionRequest } from './insertion-plan.js';

/**
 * Plans what a batch of insertions changes in a list, by the rule: inserting N over its interval
 * makes every moment inside it answer N, and leaves every other moment answering what it answered
 * before. Reads only `known`, whatever the length of the list: O(n log n) for n insertions and known
 * payloads. Known payloads may be damaged (end before start, several with one start, overlapping).
 *
 * In a locked tag an insertion with `until: 'next'` also ends the payload it follows at its own
 * start, as every other insertion does: so the online exception closes the open-ended payload in
 * storage, not only in effect. It does so for the payloads of the batch too, because it would if
 * they had come in a batch before; what is stored therefore does not depend on how a load is cut
 * into batches (what is accepted does: an append-only tag takes in one batch, in any order, what it
 * takes in several only in ascending order). In other tags such ends stay open.
 *
 * @throws RangeError if an insertion's interval is not valid in this mode (`isValidInterval`).
 */
export function planInsertions(request: InsertionRequest): InsertionPlan {
  const batch = new Batch(request);
  for (const index of request.insertions.keys()) batch.insert(index);
  return batch.plan();
}
