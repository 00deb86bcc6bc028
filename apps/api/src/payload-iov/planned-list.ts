import { compareMoments, type InsertionPlan, type Moment, OPEN_END, predecessor } from '#iov';
import { type LockedList } from '../payload-list/payload-list.service.js';

/** The insertions of one list, and what they amount to. */
export interface PlannedList {
  readonly list: LockedList;
  /** Positions in the batch. */
  readonly positions: readonly number[];
  readonly plan: InsertionPlan;
}

/** Detached ranges as columns: list, first start, last start. */
export function rangeColumns(
  planned: readonly Pick<PlannedList, 'list' | 'plan'>[],
  before: Moment | null = null,
): [bigint[], bigint[], bigint[], bigint[], bigint[]] {
  const columns: [bigint[], bigint[], bigint[], bigint[], bigint[]] = [[], [], [], [], []];
  for (const { list, plan } of planned) {
    for (const { from, until } of plan.detachedRanges) {
      if (before !== null && compareMoments(from, before) >= 0) continue;
      const end =
        before !== null && (until === null || compareMoments(before, until) < 0) ? before : until;
      const last = end === null ? OPEN_END : predecessor(end);
      const row = [list.id, from.major, from.minor, last.major, last.minor];
      for (const [index, column] of columns.entries()) column.push(row[index] as bigint);
    }
  }
  return columns;
}
