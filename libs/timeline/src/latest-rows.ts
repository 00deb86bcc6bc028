import { compareMoments, type Moment } from '#iov';
import { type AnswerSpace } from './answer-space.js';
import { type ListPatch } from './list-patch.js';
import { MergedRows } from './merged-rows.js';
import { RowText } from './row-text.js';
import { type TimelineParts } from './timeline-parts.js';
import { NO_ROW, PATCHED, type TimelineList } from './timeline-row.js';

const COMMA = 0x2c;

/** A list as it is now. */
export interface Slot {
  readonly list: TimelineList;
  /** Its number in the base; -1 if nothing of it counts there. */
  readonly base: number;
  readonly patch: ListPatch | undefined;
}

/** What was loaded; many versions of a timeline share it. */
export interface Base {
  readonly parts: TimelineParts;
  readonly rows: MergedRows;
  readonly text: RowText;
}

export function openBase(parts: TimelineParts): Base {
  return { parts, rows: new MergedRows(parts), text: new RowText(parts) };
}

/** Which row of each list has the latest start at or before a moment, patches included. */
export class LatestRows {
  /** The slots that have a patch. */
  readonly patches: readonly { readonly number: number; readonly patch: ListPatch }[];
  private readonly rows: MergedRows;
  private readonly text: RowText;
  /** For each list of the base its slot, or -1. */
  private readonly slotOf: Int32Array;
  /** Whether the slots are the lists of the base. */
  private readonly isAligned: boolean;
  private readonly baseRows: Uint32Array;
  private readonly latest: Uint32Array;

  constructor(
    readonly base: Base,
    /** In the order of answers. */
    readonly slots: readonly Slot[],
  ) {
    this.rows = base.rows;
    this.text = base.text;
    this.patches = slots.flatMap(({ patch }, number) =>
      patch === undefined ? [] : { number, patch },
    );
    const lists = base.parts.lists.length;
    this.slotOf = new Int32Array(lists).fill(-1);
    for (const [number, slot] of slots.entries()) {
      if (slot.base >= 0) this.slotOf[slot.base] = number;
    }
    this.isAligned = slots.length === lists && slots.every(({ base: list }, i) => list === i);
    this.latest = new Uint32Array(slots.length);
    this.baseRows = this.isAligned ? this.latest : new Uint32Array(lists);
  }

  /**
   * A number for the moments around `moment` that lie between the same two starts: two moments with
   * one number are answered alike.
   */
  locate(moment: Moment): number {
    let started = this.rows.startedBy(moment, true);
    for (const { patch } of this.patches) started += patch.startedBy(moment, true);
    return started;
  }

  /**
   * For every slot its row with the latest start at or before `moment`, or `NO_ROW`. The array is
   * written anew by the next call.
   */
  at(moment: Moment): Uint32Array {
    const { latest, baseRows, slots } = this;
    this.rows.latest(this.rows.startedBy(moment, true), baseRows);
    if (!this.isAligned) {
      for (let number = 0; number < slots.length; number++) {
        latest[number] = baseRows[slots[number]?.base ?? -1] ?? NO_ROW;
      }
    }
    for (const { number, patch } of this.patches) {
      latest[number] = this.later(patch, latest[number] ?? NO_ROW, moment, true);
    }
    return latest;
  }

  /** The row of a slot with the latest start before `moment`, or `NO_ROW`. */
  rowBefore(number: number, moment: Moment): number {
    const slot = this.slot(number);
    const started = this.rows.startedBy(moment, false);
    const row = slot.base < 0 ? NO_ROW : this.rows.latestOf(slot.base, started);
    return slot.patch === undefined ? row : this.later(slot.patch, row, moment, false);
  }

  /** The first start in the list of a slot after one moment and before another, if any. */
  nextStart(number: number, after: Moment, before: Moment | null): Moment | null {
    const { base, patch } = this.slot(number);
    const patchRow = patch?.rows[patch.startedBy(after, true)];
    const until = before === null ? this.rows.length : this.rows.startedBy(before, false);
    let row = NO_ROW;
    if (base >= 0) {
      row = this.rows.firstOf(base, this.rows.startedBy(after, true), until);
      while (row !== NO_ROW && this.isHidden(row)) row = this.rows.firstOf(base, row + 1, until);
    }
    const start = row === NO_ROW ? null : this.rows.start(row);
    if (patchRow === undefined) return start;
    return start !== null && compareMoments(start, patchRow.start) < 0 ? start : patchRow.start;
  }

  start(number: number, row: number): Moment {
    return row < PATCHED ? this.rows.start(row) : this.patchRow(number, row).start;
  }

  end(number: number, row: number): Moment {
    return row < PATCHED ? this.rows.end(row) : this.patchRow(number, row).end;
  }

  id(number: number, row: number): bigint {
    return row < PATCHED ? this.rows.id(row) : this.patchRow(number, row).id;
  }

  /** The length of the texts of `rows`, one per slot, each with a comma; see `RowText.fetch`. */
  fetch(rows: Uint32Array): number {
    let length = this.text.fetch(rows);
    for (const { number, patch } of this.patches) {
      const row = rows[number] ?? NO_ROW;
      if (row < PATCHED || row === NO_ROW) continue;
      length += Buffer.byteLength(patch.row(row - PATCHED).json) + 1;
    }
    return length;
  }

  /** Writes the texts of `rows`, one per slot, and a comma behind each; returns where they end. */
  write(rows: Uint32Array, to: AnswerSpace, at: number): number {
    return this.text.write(rows, to.view, at, (number, row, from) => {
      const { json } = this.patchRow(number, row);
      const length = typeof json === 'string' ? to.bytes.write(json, from) : json.length;
      if (typeof json !== 'string') to.bytes.set(json, from);
      to.bytes[from + length] = COMMA;
      return from + length + 1;
    });
  }

  /** The JSON text of a row. */
  json(number: number, row: number): Buffer {
    if (row < PATCHED) return this.text.json(row);
    const { json } = this.patchRow(number, row);
    return typeof json === 'string' ? Buffer.from(json) : json;
  }

  /** Whether a row of the base does not count any more. */
  isHidden(row: number): boolean {
    if (this.isAligned && this.patches.length === 0) return false;
    const number = this.slotOf[this.rows.list(row)] ?? -1;
    if (number < 0) return true;
    return this.slot(number).patch?.rangeWith(this.rows.start(row)) !== undefined;
  }

  /** The slot of a row of the base that is not hidden. */
  slotOfRow(row: number): number {
    return this.slotOf[this.rows.list(row)] ?? -1;
  }

  slot(number: number): Slot {
    const slot = this.slots[number];
    if (slot === undefined) throw new RangeError(`no list ${number} in the timeline`);
    return slot;
  }

  /** Of the base's latest row and the patch's the one that answers. */
  private later(patch: ListPatch, latest: number, moment: Moment, including: boolean): number {
    let row = latest;
    if (row !== NO_ROW) row = patch.rangeWith(this.rows.start(row))?.before ?? row;
    const index = patch.startedBy(moment, including) - 1;
    if (index < 0) return row;
    if (row === NO_ROW) return PATCHED + index;
    return compareMoments(this.rows.start(row), patch.row(index).start) < 0 ? PATCHED + index : row;
  }

  private patchRow(number: number, row: number): ReturnType<ListPatch['row']> {
    const { patch } = this.slot(number);
    if (patch === undefined || row === NO_ROW) throw new RangeError(`no row ${row} in the list`);
    return patch.row(row - PATCHED);
  }
}
