/**
 * How often something was how large: some counters, made once, so that counting costs nothing that
 * could be measured.
 */
export class Histogram {
  /** How many were at most each bound and above the one before; the last: above all of them. */
  private readonly counts: Float64Array;
  private total = 0;

  /** @param bounds ascending */
  constructor(private readonly bounds: readonly number[]) {
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const { bounds } = this;
    let place = 0;
    while (place < bounds.length && value > (bounds[place] as number)) place++;
    this.counts[place] = (this.counts[place] as number) + 1;
    this.total += value;
  }

  /** The sum of all values. */
  get sum(): number {
    return this.total;
  }

  get count(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  /** Each bound, and how many values were at most as large. */
  *cumulative(): Generator<readonly [bound: number, count: number]> {
    let sum = 0;
    for (const [place, bound] of this.bounds.entries()) {
      sum += this.counts[place] as number;
      yield [bound, sum];
    }
  }
}

/** For answers: from what memory takes to what clients give up after, seconds. */
export const SECONDS: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];
