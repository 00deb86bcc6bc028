const LINEAR = 64;
const PER_OCTAVE = LINEAR / 2;
const OCTAVES = 26;

/**
 * Counts durations in buckets that grow with the duration, as HdrHistogram does: exact below 64 µs,
 * within 3 % above, up to an hour. Constant memory, and recording costs a few nanoseconds.
 */
export class LatencyHistogram {
  readonly #counts = new Float64Array(LINEAR + OCTAVES * PER_OCTAVE);
  #total = 0;

  /** @param milliseconds a duration; negative ones count as 0 */
  record(milliseconds: number): void {
    const microseconds = Math.min(Math.max(Math.round(milliseconds * 1000), 0), 2 ** 31 - 1);
    const bucket = bucketOf(microseconds);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total += 1;
  }

  /**
   * @param share between 0 and 1: 0.99 for p99
   * @returns the duration in ms that this share of the recorded ones do not exceed; 0 when empty
   */
  percentile(share: number): number {
    let missing = Math.ceil(this.#total * share);
    for (let bucket = 0; bucket < this.#counts.length; bucket += 1) {
      missing -= this.#counts[bucket] ?? 0;
      if (missing <= 0 && this.#total > 0) return upperEdgeOf(bucket) / 1000;
    }
    return 0;
  }
}

function bucketOf(microseconds: number): number {
  if (microseconds < LINEAR) return microseconds;
  const shift = 26 - Math.clz32(microseconds);
  return LINEAR + (shift - 1) * PER_OCTAVE + ((microseconds >> shift) - PER_OCTAVE);
}

function upperEdgeOf(bucket: number): number {
  if (bucket < LINEAR) return bucket;
  const shift = Math.floor((bucket - LINEAR) / PER_OCTAVE) + 1;
  const mantissa = ((bucket - LINEAR) % PER_OCTAVE) + PER_OCTAVE;
  return (mantissa + 1) * 2 ** shift - 1;
}
