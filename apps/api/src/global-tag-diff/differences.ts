import { compareMoments, FIRST_MOMENT, type Moment, sameMoment } from '#iov';

/** The first of two tags, or the second. */
export type Side = 0 | 1;

/** A part of time in which one payload answers on one side. */
export interface Piece {
  readonly side: Side;
  readonly from: Moment;
  /** The first moment after it; null: it has no end. */
  readonly until: Moment | null;
  /** Equal texts are equal payloads. */
  readonly payload: string;
}

/** A largest part of time in which the two sides answer two certain payloads that are not equal. */
export interface Difference {
  readonly from: Moment;
  /** The first moment after it; null: it has no end. */
  readonly until: Moment | null;
  /** null: nothing answers. */
  readonly first: string | null;
  readonly second: string | null;
}

/**
 * Compares two sides as their pieces come: those of both together in the order of their beginnings,
 * those of one side apart from each other. It holds two pieces and one difference, however many come.
 */
export class Differences {
  private readonly current: [Piece | undefined, Piece | undefined] = [undefined, undefined];
  private at = FIRST_MOMENT;
  private open: Difference | undefined;
  private complete: Difference[] = [];

  /** The differences that are complete with these pieces. */
  after(pieces: readonly Piece[]): Difference[] {
    for (const piece of pieces) {
      this.advance(piece.from);
      this.current[piece.side] = piece;
    }
    return this.taken();
  }

  /** The last ones: no more pieces come. */
  atEnd(): Difference[] {
    this.advance(null);
    if (this.open !== undefined) this.complete.push(this.open);
    return this.taken();
  }

  private taken(): Difference[] {
    const taken = this.complete;
    this.complete = [];
    return taken;
  }

  private advance(to: Moment | null): void {
    for (;;) {
      const ends = this.current.map((piece) => piece?.until ?? null);
      const until = ends.reduce(earlier, to);
      this.compare(until);
      if (until === null) return;
      for (const side of [0, 1] as const) {
        const end = ends[side] ?? null;
        if (end !== null && sameMoment(end, until)) this.current[side] = undefined;
      }
      this.at = until;
      if (to !== null && sameMoment(until, to)) return;
    }
  }

  /** What answers from where we are up to a moment. */
  private compare(until: Moment | null): void {
    if (until !== null && compareMoments(this.at, until) === 0) return;
    const [first, second] = [this.current[0]?.payload ?? null, this.current[1]?.payload ?? null];
    if (this.open !== undefined && (this.open.first !== first || this.open.second !== second)) {
      this.complete.push(this.open);
      this.open = undefined;
    }
    if (first !== second) this.open = { from: this.open?.from ?? this.at, until, first, second };
  }
}

/** null is later than all. */
function earlier(a: Moment | null, b: Moment | null): Moment | null {
  if (a === null) return b;
  return b !== null && compareMoments(b, a) < 0 ? b : a;
}
