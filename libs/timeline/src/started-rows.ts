import { compareMoments, type Moment } from '#iov';
import { type LatestRows } from './latest-rows.js';
import { laterOf } from './moment-order.js';
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
export function startsAround(latest: LatestRows, moment: Moment): readonly (Moment | null)[] {
  const base = latest.base.rows;
  const started = base.startedBy(moment, true);
  if (!latest.patched) {
    return [
      started > 0 ? base.start(started - 1) : null,
      started < base.length ? base.start(started) : null,
    ];
  }
  const [next] = rowsAfter(latest, moment);
  return [latestStart(latest, moment, started), next?.start ?? null];
}

/** @param started how many rows of the base have started */
function latestStart(latest: LatestRows, moment: Moment, started: number): Moment | null {
  let start: Moment | null = null;
  for (const { patch } of latest.slots) {
    const row = patch?.rows[patch.startedBy(moment, true) - 1];
    if (row !== undefined) start = laterOf(start, row.start);
  }
  for (let row = started - 1; row >= 0; row--) {
    const candidate = latest.base.rows.start(row);
    if (start !== null && compareMoments(candidate, start) <= 0) return start;
    if (!latest.isHidden(row)) return candidate;
  }
  return start;
}

/** Of every patch the first row that starts after `moment`, sorted. */
function patchRowsAfter(latest: LatestRows, moment: Moment): StartedRow[] {
  const first: StartedRow[] = [];
  for (const [list, { patch }] of latest.slots.entries()) {
    if (patch === undefined) continue;
    const index = patch.startedBy(moment, true);
    const row = patch.rows[index];
    if (row !== undefined) first.push({ list, row: PATCHED + index, start: row.start });
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
