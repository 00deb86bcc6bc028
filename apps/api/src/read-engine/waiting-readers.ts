import { type HeldTag } from './held-tag.js';

interface WaitingReader {
  /** The revision that what was told before it asked leads to. */
  readonly needs: bigint;
  readonly answer: (held: HeldTag | undefined) => void;
}

/** Who asked for a tag while a change of it was being read. */
export class WaitingReaders {
  private waiting: WaitingReader[] = [];

  /** The tag once it includes a revision; undefined if that takes too long. */
  wait(needs: bigint): Promise<HeldTag | undefined> {
    return new Promise((answer) => this.waiting.push({ needs, answer }));
  }

  /** Answers those to whom nothing is missing in this state, though more may have changed since. */
  serve(held: HeldTag): void {
    const { revision } = held.state;
    const served = this.waiting.filter(({ needs }) => needs <= revision);
    this.waiting = this.waiting.filter(({ needs }) => needs > revision);
    for (const { answer } of served) answer(held);
  }

  /** Sends all of them to SQL. */
  giveUp(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const { answer } of waiting) answer(undefined);
  }
}
