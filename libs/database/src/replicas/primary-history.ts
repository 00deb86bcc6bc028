/** How far a replica is behind the primary. */
export interface Lag {
  readonly ms: number;
  readonly bytes: bigint;
}

/** Older ones are forgotten: who is further behind than that is behind by at least so much. */
const SAMPLES = 4096;

/** When the primary came how far. Clocks of other machines do not matter. */
export class PrimaryHistory {
  private samples: { readonly position: bigint; readonly at: number }[] = [];

  /** @param at milliseconds, never less than before */
  add(position: bigint, at: number): void {
    const last = this.samples.at(-1);
    if (position === last?.position) return;
    // No server goes back: it is another.
    if (last !== undefined && position < last.position) this.restart();
    this.samples.push({ position, at });
    if (this.samples.length > SAMPLES) this.samples.shift();
  }

  /** What was written before does not compare with what comes: another primary may have been made. */
  restart(): void {
    this.samples = [];
  }

  /** Whether a server that was so far before the last sample follows another primary. */
  excludes(position: bigint): boolean {
    const last = this.samples.at(-1);
    return last !== undefined && position > last.position;
  }

  lag(replayed: bigint, now: number): Lag {
    const last = this.samples.at(-1);
    if (last === undefined || replayed >= last.position) return { ms: 0, bytes: 0n };
    const missing = this.samples.find(({ position }) => position > replayed) ?? last;
    return { ms: now - missing.at, bytes: last.position - replayed };
  }
}
