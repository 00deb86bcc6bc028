import { type Placed } from './effective.js';
import { type Insertion } from './insertion.js';
import { type Interval, type IovMode } from './interval.js';
import { type MomentRange } from './moment-range.js';
import { type Moment } from './moment.js';
import { type PayloadRef } from './working-list.js';

/** A batch of insertions into one list; a single insertion is a batch of one. */
export interface InsertionRequest {
  readonly mode: IovMode;
  /** Applied one after another in this order. */
  readonly insertions: readonly Insertion[];
  /** At least the payloads that `neighboursNeeded` asks for, in any order, each once. */
  readonly known: readonly Placed[];
  /** Whether the list belongs to a locked (append-only) tag. */
  readonly locked: boolean;
}

/** An additional piece of a payload, made where an insertion splits it. */
export interface PayloadCopy extends Interval {
  readonly of: PayloadRef;
}

/** An existing payload that stays in the list with another interval. */
export interface MovedPayload extends Interval {
  readonly id: bigint;
  readonly from: Interval;
}

/** An insertion that would change what an existing payload answers, in a locked tag. */
export interface LockedConflict {
  readonly insertion: number;
  readonly existing: Placed;
}

/**
 * What a batch changes. Everything not named here stays as it is.
 *
 * A locked tag takes the batch if and only if
 * - `conflict` is null, and
 * - the list holds no payload that starts in one of `detachedRanges`, and before `exemptFrom` if
 *   that is not null, that is not `known`, is not empty (its end is open, or after its start; in
 *   discrete mode after or at its start), and has the highest id of those with its start. This the
 *   caller asks the database.
 */
export interface InsertionPlan {
  /**
   * Where each insertion ends up, in the order of the batch; null if a later one of the batch
   * detached it: it is stored as requested, without a list.
   */
  readonly placed: readonly (Interval | null)[];
  readonly copies: readonly PayloadCopy[];
  readonly moved: readonly MovedPayload[];
  /** Known payloads that leave the list, with the interval they had, and keep, in storage. */
  readonly detached: readonly Placed[];
  /** Each payload that is not known and starts in one of them leaves the list. Sorted, disjoint. */
  readonly detachedRanges: readonly MomentRange[];
  /** Known payloads that stay in the list, moved or not. */
  readonly staying: readonly bigint[];
  /** The first insertion that a locked tag refuses, as far as `known` tells; else null. */
  readonly conflict: LockedConflict | null;
  /** From this moment on a locked tag lets answers change (the online exception); else null. */
  readonly exemptFrom: Moment | null;
}
