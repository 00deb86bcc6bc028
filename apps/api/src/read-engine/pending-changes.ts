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

/** What must be read again, and which revisions are then included. */
export interface ToRead {
  readonly ranges: readonly StartRange[];
  /** Whether lists have come, gone or changed themselves. */
  readonly listsChanged: boolean;
  readonly revisions: ReadonlySet<bigint>;
}

/** What has changed in a tag since the revision that is held. */
export class PendingChanges {
  private readonly told: Change[] = [];

  add(change: Change): void {
    this.told.push(change);
  }

  get empty(): boolean {
    return this.told.length === 0;
  }

  /** The revision that includes all of it; undefined if that is not known. */
  get latest(): bigint | undefined {
    return this.told.reduce<bigint | undefined>(
      (latest, { revision }) =>
        latest === undefined || revision === undefined || revision > latest ? revision : latest,
      0n,
    );
  }

  /** Forgets what a revision includes. */
  settle(revision: bigint): void {
    const left = this.told.filter((change) => (change.revision ?? revision + 1n) > revision);
    this.told.splice(0, this.told.length, ...left);
  }

  /** What has been told so far; undefined: everything must be read again. */
  toRead(): ToRead | undefined {
    const whole = new Set<bigint>();
    const ranges = new Map<bigint, StartRange[]>();
    const revisions = new Set<bigint>();
    for (const { lists, revision } of this.told) {
      if (lists == null || revision === undefined) return undefined;
      revisions.add(revision);
      for (const change of lists) note(change, whole, ranges);
    }
    const parts = [...ranges].flatMap(([list, each]) => (whole.has(list) ? [] : each));
    const listsChanged = whole.size > 0;
    return { ranges: [...parts, ...[...whole].map(wholeList)], listsChanged, revisions };
  }
}

/** Whether each revision after `from` up to `to` is among those that were told. */
export function includesAll(revisions: ReadonlySet<bigint>, from: bigint, to: bigint): boolean {
  for (let revision = from + 1n; revision <= to; revision++) {
    if (!revisions.has(revision)) return false;
  }
  return true;
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
function wholeList(list: bigint): StartRange {
  return { list, first: FIRST_MOMENT, last: OPEN_END };
}
