import { type Insertion, type IovMode, type Moment, OPEN_END } from '#iov';

const PART = 2n ** 63n;
const LAST = PART * PART - 1n;

/** A moment as one number: shares no arithmetic with the code under test. */
export function line({ major, minor }: Moment): bigint {
  return major * PART + minor;
}

export function momentAt(at: bigint): Moment {
  return { major: at / PART, minor: at % PART };
}

/** Each of these moments, the one before it and the one after it, where there are such. */
export function around(moments: readonly Moment[]): bigint[] {
  const near = moments.map(line).flatMap((at) => [at - 1n, at, at + 1n]);
  return [...new Set(near)].filter((at) => at >= 0n && at <= line(OPEN_END));
}

/** Whether a payload may be inserted so. */
export function isInsertable({ start, end }: Insertion, mode: IovMode): boolean {
  return mode === 'discrete' ? line(start) <= line(end) : line(start) < line(end);
}

/**
 * What one list answers at some moments. It knows only the sentence: inserting N over its interval
 * makes every moment inside it answer N, and leaves every other moment answering what it answered
 * before. And, for rows that last until the next start, where intervals begin.
 */
export class AnswersModel {
  private readonly answers: Map<bigint, string | undefined>;
  private starts: bigint[] = [];

  constructor(
    probes: readonly bigint[],
    private readonly mode: IovMode,
  ) {
    this.answers = new Map(probes.map((at) => [at, undefined]));
  }

  /** The payload that answers at one of the moments. */
  at(probe: bigint): string | undefined {
    return this.answers.get(probe);
  }

  /** One text of all answers, the same for the same answers. */
  get summary(): string {
    return [...this.answers.values()].map((payload) => payload ?? '-').join(' ');
  }

  /** The moment after the last one of the insertion has to be among the probes. */
  insert(payload: string, insertion: Insertion): void {
    const first = line(insertion.start);
    const last = this.lastOf(insertion);
    const following = this.answers.get(last + 1n);
    for (const probe of this.answers.keys()) {
      if (probe >= first && probe <= last) this.answers.set(probe, payload);
    }
    this.starts = this.starts.filter((start) => start < first || start > last);
    this.starts.push(first);
    if (insertion.until === 'end' && following !== undefined) this.starts.push(last + 1n);
  }

  private lastOf({ start, end, until }: Insertion): bigint {
    if (until === 'next') {
      const later = this.starts.filter((each) => each > line(start));
      return later.reduce((next, each) => (each < next ? each : next), LAST + 1n) - 1n;
    }
    return line(end) === LAST || this.mode === 'discrete' ? line(end) : line(end) - 1n;
  }
}
