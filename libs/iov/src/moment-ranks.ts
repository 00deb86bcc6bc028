import { compareMoments, type Moment, sameMoment } from './moment.js';

/** Moments numbered in their order: `ranks[i]` is the place of moment `i` in `distinct`. */
export interface MomentRanks {
  readonly ranks: Int32Array;
  readonly distinct: readonly Moment[];
}

/** Ranks moments, which may repeat, in O(n log n). */
export function rankMoments(moments: readonly Moment[]): MomentRanks {
  const order = moments.map((moment, index) => ({ moment, index }));
  order.sort((a, b) => compareMoments(a.moment, b.moment));
  const ranks = new Int32Array(moments.length);
  const distinct: Moment[] = [];
  let last: Moment | undefined;
  for (const { moment, index } of order) {
    if (last === undefined || !sameMoment(last, moment)) distinct.push(moment);
    last = moment;
    ranks[index] = distinct.length - 1;
  }
  return { ranks, distinct };
}
