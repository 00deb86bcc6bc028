import { COMB_IOV } from './comb-iov.js';
import { CONSTRAINTS } from './constraints.js';
import { type ListPromise, type PayloadPromise, type StatePromise } from './database-promise.js';
import { DETACHED_LISTS } from './detached-lists.js';
import { DETACHED_PAYLOADS } from './detached-payloads.js';
import { FOREIGN_KEYS } from './foreign-keys.js';
import { HOLES } from './holes.js';
import { INDEXES } from './indexes.js';
import { KEPT_COUNTS } from './kept-counts.js';
import { LIST_OF_PAYLOAD } from './list-of-payload.js';
import { MIGRATIONS_APPLIED } from './migrations-applied.js';
import { ONE_LIST_PER_TYPE } from './one-list-per-type.js';
import { OVERLAPS } from './overlaps.js';
import { PAYLOAD_INTERVAL } from './payload-interval.js';
import { RECORDED_MODE } from './recorded-mode.js';
import { REFERENCES } from './references.js';
import { REVISIONS } from './revisions.js';
import { SAME_START } from './same-start.js';
import { SEQUENCES } from './sequences.js';
import { STATUSES } from './statuses.js';
import { TRIGGERS_THERE } from './triggers.js';

/** In the order in which they are repaired: counts after the triggers that keep them. */
export const STATE_PROMISES: readonly StatePromise[] = [
  MIGRATIONS_APPLIED,
  RECORDED_MODE,
  STATUSES,
  REFERENCES,
  ONE_LIST_PER_TYPE,
  DETACHED_LISTS,
  FOREIGN_KEYS,
  INDEXES,
  SEQUENCES,
  TRIGGERS_THERE,
  REVISIONS,
  KEPT_COUNTS,
];

export const PAYLOAD_PROMISES: readonly PayloadPromise[] = [
  COMB_IOV,
  PAYLOAD_INTERVAL,
  LIST_OF_PAYLOAD,
  DETACHED_PAYLOADS,
];

export const LIST_PROMISES: readonly ListPromise[] = [OVERLAPS, SAME_START, HOLES];

/** Last: what was repaired before may allow them. */
export const LAST_PROMISES: readonly StatePromise[] = [CONSTRAINTS];
