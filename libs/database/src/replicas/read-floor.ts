import { endOfWritten } from './wal-position.js';

/**
 * Asks the primary for a position in its log before which everything lies that was committed when it was
 * asked; undefined if it does not tell.
 */
export type Ask = () => Promise<bigint | undefined>;

/** What a server must have replayed to be asked: all that this process was told of, or wrote. */
export class ReadFloor {
  private needed: bigint | undefined;
  private raised = 0;
  private unanswered: Ask | undefined;

  /** undefined: not known at the moment, only the primary has it for certain. */
  get position(): bigint | undefined {
    return this.needed;
  }

  /** Something was committed just now. */
  raise(ask: Ask): void {
    const mine = ++this.raised;
    this.needed = undefined;
    this.unanswered = undefined;
    void ask().then((position) => {
      // More was committed meanwhile: its own question is under way.
      if (mine !== this.raised) return;
      if (position === undefined) this.unanswered = ask;
      else this.needed = endOfWritten(position);
    });
  }

  /** The primary tells how far it is: a question that it did not answer is asked again. */
  retry(): void {
    if (this.unanswered !== undefined) this.raise(this.unanswered);
  }

  /**
   * The primary, maybe another than before, is there: whatever was missed lies before the position.
   * What was committed since that was asked may not: an open question stays open.
   */
  restart(position: bigint): void {
    const open = this.raised > 0 && this.needed === undefined;
    if (!open) this.needed = endOfWritten(position);
  }
}
