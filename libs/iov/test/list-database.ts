import {
  type Insertion,
  type InsertionPlan,
  type IovMode,
  isOpenEnd,
  type Moment,
  type MomentRange,
  neighboursNeeded,
  OPEN_END,
  planInsertions,
} from '../src/index.js';
import { lastInside, lastStarting, line, type StoredRow } from './answers-model.js';

export interface NewPayload extends Insertion {
  readonly payload: string;
}

interface DatabaseRow extends StoredRow {
  attached: boolean;
}

function inside({ from, until }: MomentRange, moment: Moment): boolean {
  return line(from) <= line(moment) && (until === null || line(moment) < line(until));
}

/** A list as a caller keeps it: loads only the rows asked for, and follows the plan to the letter. */
export class ListDatabase {
  rows: DatabaseRow[];

  constructor(
    rows: readonly StoredRow[],
    private readonly mode: IovMode,
  ) {
    this.rows = rows.map((row) => ({ ...row, attached: true }));
  }

  attached(): DatabaseRow[] {
    return this.rows.filter((row) => row.attached);
  }

  last(): DatabaseRow | undefined {
    return lastStarting(this.attached(), line(OPEN_END));
  }

  load(insertions: readonly Insertion[], locked: boolean): DatabaseRow[] {
    const rows = this.attached();
    const neighbours = neighboursNeeded(insertions, this.mode).flatMap((moment) => [
      lastStarting(rows, line(moment)),
      lastStarting(rows, line(moment) - 1n),
    ]);
    const known = new Set([...neighbours, ...(locked ? [this.last()] : [])]);
    return [...known].filter((row) => row !== undefined);
  }

  plan(insertions: readonly Insertion[], locked = false): InsertionPlan {
    return planInsertions({
      mode: this.mode,
      insertions,
      known: this.load(insertions, locked).map(({ id, start, end }) => ({ id, start, end })),
      locked,
    });
  }

  /** The question to the database that the contract of a plan asks for. */
  conflicts({ detachedRanges, exemptFrom }: InsertionPlan, known: ReadonlySet<bigint>): boolean {
    const rows = this.attached();
    return rows.some(
      (row) =>
        !known.has(row.id) &&
        detachedRanges.some((range) => inside(range, row.start)) &&
        (exemptFrom === null || line(row.start) < line(exemptFrom)) &&
        (isOpenEnd(row.end) || lastInside(row, this.mode) >= 0n) &&
        !rows.some((other) => line(other.start) === line(row.start) && other.id > row.id),
    );
  }

  /** Whether a locked tag takes it. */
  accepts(insertions: readonly Insertion[]): boolean {
    const plan = this.plan(insertions, true);
    const known = new Set(this.load(insertions, true).map((row) => row.id));
    return plan.conflict === null && !this.conflicts(plan, known);
  }

  /** Applies a batch in one go. */
  insert(batch: readonly NewPayload[], locked = false): InsertionPlan {
    const known = new Set(this.load(batch, locked).map((row) => row.id));
    const plan = this.plan(batch, locked);
    const leaving = new Set(plan.detached.map((placed) => placed.id));
    const moved = new Map(plan.moved.map((piece) => [piece.id, piece]));
    const payloads = new Map(this.rows.map((row) => [row.id, row.payload]));
    this.rows = this.rows.map((row) => {
      const ranged =
        !known.has(row.id) && plan.detachedRanges.some((range) => inside(range, row.start));
      const { start, end } = moved.get(row.id) ?? row;
      return { ...row, start, end, attached: row.attached && !leaving.has(row.id) && !ranged };
    });
    for (const [index, { payload, start, end }] of batch.entries()) {
      const placed = plan.placed[index] ?? null;
      this.add(payload, placed ?? { start, end }, placed !== null);
    }
    for (const { of, start, end } of plan.copies) {
      const payload = typeof of === 'bigint' ? payloads.get(of) : batch[of.insertion]?.payload;
      this.add(payload ?? 'unknown', { start, end }, true);
    }
    return plan;
  }

  private add(
    payload: string,
    { start, end }: Pick<Insertion, 'start' | 'end'>,
    attached: boolean,
  ) {
    this.rows.push({ id: BigInt(this.rows.length + 1), payload, start, end, attached });
  }

  /** What the list is, whatever the ids. */
  content(): string[] {
    return this.attached()
      .map(({ payload, start, end }) => `${line(start)} ${line(end)} ${payload}`)
      .toSorted();
  }
}
