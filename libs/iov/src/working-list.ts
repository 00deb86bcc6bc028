import { type Placed } from './effective.js';
import { compareMoments, type Moment } from './moment.js';
import { RankSet } from './rank-set.js';

/** What a piece is the payload of: an existing row, or an insertion of the batch by its index. */
export type PayloadRef = bigint | { readonly insertion: number };

/** A payload, or a copy of one, where a plan has it so far. */
export interface Piece {
  readonly of: PayloadRef;
  /** The row of the list whose answer this is; undefined for what the batch brought. */
  readonly existing: Placed | undefined;
  start: Moment;
  /** The first moment after it, in both modes; null: open. */
  until: Moment | null;
  /** Whether `start` or `until` is other than at first. */
  moved: boolean;
  attached: boolean;
}

/** Whether a piece that starts at or before `moment` reaches it. */
export function covers(piece: Piece, moment: Moment): boolean {
  return piece.until === null || compareMoments(moment, piece.until) < 0;
}

export function newPiece(
  of: PayloadRef,
  existing: Placed | undefined,
  start: Moment,
  until: Moment | null,
): Piece {
  return { of, existing, start, until, moved: false, attached: false };
}

/** Ends a piece at `until`, which is after its start. */
export function trim(piece: Piece, until: Moment): void {
  piece.until = until;
  piece.moved = true;
}

/** A list under change: at most one piece at a start; starts are given by their rank. */
export class WorkingList {
  private readonly slots: (Piece | undefined)[];
  private readonly occupied: RankSet;

  constructor(private readonly size: number) {
    this.slots = new Array<Piece | undefined>(size).fill(undefined);
    this.occupied = new RankSet(size);
  }

  at(rank: number): Piece | undefined {
    return this.slots[rank];
  }

  /** The piece with the latest start at or before `rank`. */
  latest(rank: number): Piece | undefined {
    return this.slots[this.occupied.atOrBelow(rank)];
  }

  put(rank: number, piece: Piece): void {
    this.slots[rank] = piece;
    this.occupied.add(rank);
    piece.attached = true;
  }

  /** Takes away what starts from `from` on and before `to` (null: no bound); the latest is first. */
  take(from: number, to: number | null): Piece[] {
    const taken: Piece[] = [];
    let rank = this.occupied.atOrBelow((to ?? this.size) - 1);
    while (rank >= from) {
      const piece = this.slots[rank];
      if (piece !== undefined) {
        piece.attached = false;
        taken.push(piece);
      }
      this.slots[rank] = undefined;
      this.occupied.delete(rank);
      rank = this.occupied.atOrBelow(rank - 1);
    }
    return taken;
  }

  /** What is attached, in order. */
  pieces(): Piece[] {
    return this.slots.filter((piece) => piece !== undefined);
  }
}
