import { endOfWritten } from './wal-position.js';

/**
 * Asks the primary for a position in its log before which everything lies that was committed when it was
 * asked; undefined if it does not tell.
 */
export type Ask = () => Promise<bigint | undefined>;

/**
 * What a server must have replayed to be asked: all that this process was told of, or wrote, and more
 * than a server can have that does not follow the primary that there is.
 */
export class ReadFloor {
  private needed: bigint | undefined;
  private raised = 0;
  private unanswered: Ask | undefined;
  private primary: string | undefined;
  /** The furthest that a replica was. */
  private furthest = 0n;
  /** What lies before it, another primary may have written, which is no more. */
  private certain = 0n;

  /** undefined: not known at the moment, only the primary has it for certain. */
  get position(): bigint | undefined {
    return this.needed;
  }

  /** Something was committed just now. */
  raise(ask: Ask): void {
    const mine = ++this.raised;
    const { furthest } = this;
    this.needed = undefined;
    this.unanswered = undefined;
    void ask().then((position) => {
      // Nobody is ahead of whom he follows.
      if (position !== undefined && position < furthest) this.doubt(furthest);
      // More was committed meanwhile: its own question is under way.
      if (mine !== this.raised) return;
      if (position === undefined) this.unanswered = ask;
      else this.needed = later(endOfWritten(position), this.certain);
    });
  }

  /** The primary tells how far it is: a question that it did not answer is asked again. */
  retry(): void {
    if (this.unanswered !== undefined) this.raise(this.unanswered);
  }

  /**
   * A primary is there. Nothing is known of what was committed before until it is asked.
   * @param primary the same only as long as it is the same server, and was not started anew
   */
  restart(primary: string, ask: Ask): void {
    if (this.primary !== undefined && this.primary !== primary) this.doubt(this.furthest);
    this.primary = primary;
    this.raised++;
    this.needed = undefined;
    this.unanswered = ask;
  }

  /** @returns whether a replica is beyond all that the primary has told: then that is to be asked again */
  reached(position: bigint): boolean {
    this.furthest = later(this.furthest, position);
    return this.needed !== undefined && position > this.needed;
  }

  /** Whether a replica that is so far may follow another primary. */
  doubts(position: bigint): boolean {
    return position < this.certain;
  }

  private doubt(position: bigint): void {
    this.certain = later(this.certain, position + 1n);
  }
}

function later(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
