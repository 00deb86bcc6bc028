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
  private readonly rows: MergedRows;
  private readonly text: RowText;
  /** For each list of the base its slot, or -1. */
  private readonly slotOf: Int32Array;
  /** Whether it differs from the base. */
  readonly patched: boolean;
  private readonly baseRows: Uint32Array;
  private readonly latest: Uint32Array;

  constructor(
    readonly base: Base,
    /** In the order of answers. */
    readonly slots: readonly Slot[],
  ) {
    this.rows = base.rows;
    this.text = base.text;
    const lists = base.parts.lists.length;
    this.baseRows = new Uint32Array(lists);
    this.latest = new Uint32Array(slots.length);
    this.slotOf = new Int32Array(lists).fill(-1);
    for (const [number, slot] of slots.entries()) {
      if (slot.base >= 0) this.slotOf[slot.base] = number;
    }
    this.patched =
      slots.length !== lists ||
      slots.some(({ base, patch }, i) => base !== i || patch !== undefined);
  }

  /**
   * A number for the moments around `moment` that lie between the same two starts: two moments with
   * one number are answered alike.
   */
  locate(moment: Moment): number {
    let started = this.rows.startedBy(moment, true);
    if (!this.patched) return started;
    for (const { patch } of this.slots) started += patch?.startedBy(moment, true) ?? 0;
    return started;
  }

  /**
   * For every slot its row with the latest start at or before `moment`, or `NO_ROW`. The array is
   * written anew by the next call.
   */
  at(moment: Moment): Uint32Array {
    const { latest } = this;
    const started = this.rows.startedBy(moment, true);
    if (!this.patched) {
      this.rows.latest(started, latest);
      return latest;
    }
    this.rows.latest(started, this.baseRows);
    for (const [number, slot] of this.slots.entries()) {
      const row = slot.base < 0 ? NO_ROW : (this.baseRows[slot.base] ?? NO_ROW);
      latest[number] = this.later(slot, row, moment, true);
    }
    return latest;
  }

  /** The row of a slot with the latest start before `moment`, or `NO_ROW`. */
  rowBefore(number: number, moment: Moment): number {
    const slot = this.slot(number);
    const started = this.rows.startedBy(moment, false);
    const row = slot.base < 0 ? NO_ROW : this.rows.latestOf(slot.base, started);
    return this.later(slot, row, moment, false);
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
    if (!this.patched) return length;
    for (const [number, row] of rows.entries()) {
      if (row >= PATCHED && row !== NO_ROW) length += this.patchRow(number, row).json.length + 1;
    }
    return length;
  }

  /** Writes the texts of `rows`, one per slot, and a comma behind each; returns where they end. */
  write(rows: Uint32Array, to: AnswerSpace, at: number): number {
    return this.text.write(rows, to.view, at, (number, row, from) => {
      const { json } = this.patchRow(number, row);
      to.bytes.set(json, from);
      to.bytes[from + json.length] = COMMA;
      return from + json.length + 1;
    });
  }

  /** The JSON text of a row. */
  json(number: number, row: number): Buffer {
    return row < PATCHED ? this.text.json(row) : this.patchRow(number, row).json;
  }

  /** Whether a row of the base does not count any more. */
  isHidden(row: number): boolean {
    if (!this.patched) return false;
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
  private later({ patch }: Slot, latest: number, moment: Moment, including: boolean): number {
    if (patch === undefined) return latest;
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
