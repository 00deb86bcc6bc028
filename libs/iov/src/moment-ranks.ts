import { type Moment } from './moment.js';

/**
 * Moments, which may repeat, numbered from 0 in their order. Built in O(n log n), by major first, so
 * that minors are sorted as plain int64: twice as fast as sorting pairs of bigint.
 */
export class MomentRanks {
  /** The moments in their order, each once. */
  readonly distinct: readonly Moment[];
  private readonly ranks = new Map<bigint, Map<bigint, number>>();

  constructor(moments: readonly Moment[]) {
    const minorsOf = new Map<bigint, bigint[]>();
    for (const { major, minor } of moments) {
      const minors = minorsOf.get(major);
      if (minors === undefined) minorsOf.set(major, [minor]);
      else minors.push(minor);
    }
    const distinct: Moment[] = [];
    for (const major of BigInt64Array.from(minorsOf.keys()).sort()) {
      const ranks = new Map<bigint, number>();
      this.ranks.set(major, ranks);
      for (const minor of BigInt64Array.from(minorsOf.get(major) ?? []).sort()) {
        if (ranks.has(minor)) continue;
        ranks.set(minor, distinct.length);
        distinct.push({ major, minor });
      }
    }
    this.distinct = distinct;
  }

  /** The number of one of the moments. */
  of({ major, minor }: Moment): number {
    const rank = this.ranks.get(major)?.get(minor);
    if (rank === undefined) throw new RangeError(`(${major}, ${minor}) is not ranked`);
    return rank;
  }
}
