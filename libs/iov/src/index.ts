export {
  combIov,
  compareMoments,
  FIRST_MOMENT,
  formatMoment,
  INT64_MAX,
  isOpenEnd,
  type Moment,
  OPEN_END,
  parseInt64,
  predecessor,
  sameMoment,
  successor,
} from './moment.js';
export {
  endExclusive,
  formatInterval,
  includes,
  type Interval,
  type IovMode,
  isValidInterval,
} from './interval.js';
export { effectiveAt, latestStart, type Placed } from './effective.js';
export { type Insertion, neighboursNeeded } from './insertion.js';
export { type MomentRange } from './moment-range.js';
export { type PayloadRef } from './working-list.js';
export {
  type InsertionPlan,
  type InsertionRequest,
  type LockedConflict,
  type MovedPayload,
  type PayloadCopy,
} from './insertion-plan.js';
export { planInsertions } from './plan-insertions.js';
