import { compareMoments, type Moment } from '#iov';
import { type LatestRows } from './latest-rows.js';
import { earlierOf, laterOf } from './moment-order.js';
import { partitionPoint } from './partition-point.js';
import { PATCHED } from './timeline-row.js';

/** A row, by the number of its list and its own, and its start. */
export interface StartedRow {
  readonly list: number;
  readonly row: number;
  readonly start: Moment;
}

/** The rows that start after `moment`, in order of start, then list; read as far as they are asked. */
export function* rowsAfter(latest: LatestRows, moment: Moment): Generator<StartedRow, void> {
  const base = latest.base.rows;
  const patches = patchRowsAfter(latest, moment);
  let next = base.startedBy(moment, true);
  for (;;) {
    const patched = patches[0];
    if (next < base.length) {
      const row = next;
      const start = base.start(row);
      const list = latest.slotOfRow(row);
      if (patched === undefined || compareStarted({ list, row, start }, patched) < 0) {
        next++;
        if (!latest.isHidden(row)) yield { list, row, start };
        continue;
      }
    }
    if (patched === undefined) return;
    yield patched;
    advance(latest, patches);
  }
}

/** The latest start at or before `moment` and the first one after it; null where there is none. */
export function startsAround(
  latest: LatestRows,
  moment: Moment,
): readonly [Moment | null, Moment | null] {
  let before: Moment | null = null;
  let after: Moment | null = null;
  for (const { patch } of latest.patches) {
    const started = patch.startedBy(moment, true);
    before = laterOf(before, patch.rows[started - 1]?.start ?? null);
    after = earlierOf(after, patch.rows[started]?.start ?? null);
  }
  const base = latest.base.rows;
  const started = base.startedBy(moment, true);
  for (let row = started - 1; row >= 0; row--) {
    const start = base.start(row);
    if (before !== null && compareMoments(start, before) <= 0) break;
    if (latest.isHidden(row)) continue;
    before = start;
    break;
  }
  for (let row = started; row < base.length; row++) {
    const start = base.start(row);
    if (after !== null && compareMoments(start, after) >= 0) break;
    if (latest.isHidden(row)) continue;
    after = start;
    break;
  }
  return [before, after];
}

/** Of every patch the first row that starts after `moment`, sorted. */
function patchRowsAfter(latest: LatestRows, moment: Moment): StartedRow[] {
  const first: StartedRow[] = [];
  for (const { number, patch } of latest.patches) {
    const index = patch.startedBy(moment, true);
    const row = patch.rows[index];
    if (row !== undefined) first.push({ list: number, row: PATCHED + index, start: row.start });
  }
  return first.sort(compareStarted);
}

/** Puts the next row of the first row's patch in its place. */
function advance(latest: LatestRows, patches: StartedRow[]): void {
  const done = patches.shift();
  if (done === undefined) return;
  const row = done.row + 1;
  const next = latest.slot(done.list).patch?.rows[row - PATCHED];
  if (next === undefined) return;
  const started = { list: done.list, row, start: next.start };
  const before = (i: number): boolean => {
    const other = patches[i];
    return other !== undefined && compareStarted(other, started) < 0;
  };
  patches.splice(partitionPoint(patches.length, before), 0, started);
}

export function compareStarted(a: StartedRow, b: StartedRow): number {
  return compareMoments(a.start, b.start) || a.list - b.list;
}
