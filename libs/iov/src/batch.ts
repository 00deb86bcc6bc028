import { firstAnswering, onlineExemption } from './append-only.js';
import { type Placed } from './effective.js';
import {
  type InsertionPlan,
  type InsertionRequest,
  type LockedConflict,
  type MovedPayload,
} from './insertion-plan.js';
import { boundaries, requestedInterval, takesOverUntil } from './insertion.js';
import { endExclusive, formatInterval, type Interval, isValidInterval } from './interval.js';
import { MomentRanks } from './moment-ranks.js';
import { inRanges, type MomentRange, uniteRanges } from './moment-range.js';
import { isOpenEnd, type Moment, OPEN_END, predecessor, successor } from './moment.js';
import { covers, newPiece, type Piece, trim, WorkingList } from './working-list.js';

/** A batch while it is planned. Both modes are one here: a piece ends before its `until`. */
export class Batch {
  private readonly ranks: MomentRanks;
  private readonly list: WorkingList;
  private readonly existing: readonly Piece[];
  /** Known payloads that never answer: another with their start has a higher id. */
  private readonly hidden: Placed[] = [];
  private readonly inserted: readonly Piece[];
  private readonly copies: Piece[] = [];
  private readonly takenOver: MomentRange[] = [];
  private readonly exemptFrom: Moment | null;
  private conflict: LockedConflict | null = null;

  constructor(private readonly request: InsertionRequest) {
    const { mode, insertions, known, locked } = request;
    this.inserted = insertions.map((insertion, index) => {
      const requested = requestedInterval(insertion);
      if (!isValidInterval(requested, mode)) {
        throw new RangeError(`not an interval: ${formatInterval(requested, mode)}`);
      }
      const until = takesOverUntil(insertion, mode);
      return newPiece({ insertion: index }, undefined, insertion.start, until);
    });
    const starts = known.map((placed) => placed.start);
    this.ranks = new MomentRanks([...starts, ...boundaries(insertions, mode)]);
    this.list = new WorkingList(this.ranks.distinct.length);
    for (const placed of known) this.place(placed);
    this.existing = this.list.pieces();
    this.exemptFrom = locked ? onlineExemption(known, insertions) : null;
  }

  /** Applies the insertion with this index; to be called once for each, in order. */
  insert(index: number): void {
    const piece = this.inserted[index];
    if (piece === undefined) return;
    if (this.request.insertions[index]?.until === 'next') this.insertUntilNext(index, piece);
    else this.insertUntilEnd(index, piece);
  }

  /**
   * What starts inside leaves, except what is valid at the end: that goes on there, as a copy if it
   * starts before. What is valid before the start ends at it.
   */
  private insertUntilEnd(index: number, piece: Piece): void {
    const { start, until } = piece;
    const from = this.ranks.of(start);
    const to = until === null ? null : this.ranks.of(until);
    const atStart = this.list.latest(from);
    const before = this.list.latest(from - 1);
    const atEnd = to === null ? undefined : this.list.latest(to);
    const taken = this.list.take(from, to);
    this.checkAppendOnly(index, [atStart, ...taken]);
    if (to !== null && until !== null && atEnd !== undefined && covers(atEnd, until)) {
      if (!atEnd.attached) this.moveStart(atEnd, to, until);
      else if (atEnd === before) this.copy(atEnd, to, until);
    }
    if (before !== undefined && covers(before, start)) trim(before, start);
    this.list.put(from, piece);
    this.takenOver.push({ from: start, until });
  }

  private insertUntilNext(index: number, piece: Piece): void {
    const { start } = piece;
    const from = this.ranks.of(start);
    const atStart = this.list.latest(from);
    const before = this.list.latest(from - 1);
    this.checkAppendOnly(index, [atStart]);
    const [twin] = this.list.take(from, from + 1);
    if (this.request.locked && before !== undefined && covers(before, start)) trim(before, start);
    this.list.put(from, piece);
    // Nothing that is not known starts here unless something known does.
    if (twin?.existing !== undefined) {
      this.takenOver.push({ from: start, until: isOpenEnd(start) ? null : successor(start) });
    }
  }

  private checkAppendOnly(index: number, overridden: readonly (Piece | undefined)[]): void {
    const start = this.inserted[index]?.start;
    if (!this.request.locked || this.conflict !== null || start === undefined) return;
    const existing = firstAnswering(overridden, start, this.exemptFrom);
    if (existing !== undefined) this.conflict = { insertion: index, existing };
  }

  private moveStart(piece: Piece, rank: number, start: Moment): void {
    piece.start = start;
    piece.moved = true;
    this.list.put(rank, piece);
  }

  private copy(piece: Piece, rank: number, start: Moment): void {
    const copy = newPiece(piece.of, piece.existing, start, piece.until);
    this.copies.push(copy);
    this.list.put(rank, copy);
  }

  /** What the insertions so far amount to. */
  plan(): InsertionPlan {
    const detachedRanges = uniteRanges(this.takenOver);
    const moved: MovedPayload[] = [];
    const detached: Placed[] = [];
    const staying: bigint[] = [];
    for (const placed of this.hidden) {
      if (inRanges(detachedRanges, placed.start)) detached.push(placed);
      else staying.push(placed.id);
    }
    for (const piece of this.existing) {
      const from = piece.existing;
      if (from === undefined) continue;
      if (!piece.attached) {
        detached.push(from);
        continue;
      }
      staying.push(from.id);
      if (piece.moved) {
        const { id, start, end } = from;
        moved.push({ id, ...this.stored(piece), from: { start, end } });
      }
    }
    return {
      placed: this.inserted.map((piece) => (piece.attached ? this.stored(piece) : null)),
      copies: this.copies
        .filter((copy) => copy.attached)
        .map((copy) => ({ of: copy.of, ...this.stored(copy) })),
      moved,
      detached,
      detachedRanges,
      staying,
      conflict: this.conflict,
      exemptFrom: this.exemptFrom,
    };
  }

  private stored({ start, until }: Piece): Interval {
    if (until === null) return { start, end: OPEN_END };
    return { start, end: this.request.mode === 'continuous' ? until : predecessor(until) };
  }

  private place(placed: Placed): void {
    const rank = this.ranks.of(placed.start);
    const twin = this.list.at(rank)?.existing;
    if (twin !== undefined && twin.id > placed.id) {
      this.hidden.push(placed);
      return;
    }
    if (twin !== undefined) this.hidden.push(twin);
    const until = endExclusive(placed, this.request.mode);
    this.list.put(rank, newPiece(placed.id, placed, placed.start, until));
  }
}
