import { type Change, type ListChange } from '#database';
import { FIRST_MOMENT, type Moment, OPEN_END } from '#iov';

/** Starts of a list, both ends included. */
export interface StartRange {
  readonly list: bigint;
  readonly first: Moment;
  readonly last: Moment;
}

/** More single ranges than this are read as the whole list. */
const MAX_RANGES_PER_LIST = 32;

/** What has changed in a tag since the revision that is held. */
export class PendingChanges {
  private readonly told: Change[] = [];

  add(change: Change): void {
    this.told.push(change);
  }

  get empty(): boolean {
    return this.told.length === 0;
  }

  get count(): number {
    return this.told.length;
  }

  /** Forgets what a revision includes. */
  settle(revision: bigint): void {
    const left = this.told.filter((change) => (change.revision ?? revision + 1n) > revision);
    this.told.splice(0, this.told.length, ...left);
  }

  /** How many changes a revision includes. */
  upTo(revision: bigint): number {
    return this.told.filter((change) => (change.revision ?? revision) <= revision).length;
  }

  /** What must be read again: lists as a whole, and ranges of others; undefined: everything. */
  toRead(): { whole: Set<bigint>; ranges: StartRange[] } | undefined {
    const whole = new Set<bigint>();
    const ranges = new Map<bigint, StartRange[]>();
    for (const { lists } of this.told) {
      if (lists === null || lists === undefined) return undefined;
      for (const change of lists) note(change, whole, ranges);
    }
    return {
      whole,
      ranges: [...ranges].flatMap(([list, each]) => (whole.has(list) ? [] : each)),
    };
  }
}

function note(change: ListChange, whole: Set<bigint>, ranges: Map<bigint, StartRange[]>): void {
  const { id, starts } = change;
  const known = ranges.get(id) ?? [];
  if (starts === undefined || known.length >= MAX_RANGES_PER_LIST) {
    whole.add(id);
    return;
  }
  known.push({ list: id, first: starts.first, last: starts.last });
  ranges.set(id, known);
}

/** All of a list. */
export function wholeList(list: bigint): StartRange {
  return { list, first: FIRST_MOMENT, last: OPEN_END };
}
