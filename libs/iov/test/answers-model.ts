import { type Insertion, type Interval, type IovMode, type Moment } from '../src/index.js';

const PART = 2n ** 63n;
const LAST = PART * PART - 1n;

/** A moment as one number: shares no arithmetic with the code under test. */
export function line(moment: Moment): bigint {
  return moment.major * PART + moment.minor;
}

export function moment(at: bigint): Moment {
  return { major: at / PART, minor: at % PART };
}

/** The last moment inside, -1 if there is none; the open end is the last moment there is. */
export function lastInside({ start, end }: Interval, mode: IovMode): bigint {
  const last = line(end) === LAST || mode === 'discrete' ? line(end) : line(end) - 1n;
  return last >= line(start) ? last : -1n;
}

export interface StoredRow extends Interval {
  readonly id: bigint;
  readonly payload: string;
}

/** The row that is last in the order of the list, of those that start at or before `at`. */
export function lastStarting<Row extends StoredRow>(
  rows: readonly Row[],
  at: bigint,
): Row | undefined {
  let last: Row | undefined;
  for (const row of rows) {
    const start = line(row.start);
    if (start > at) continue;
    const latest = last === undefined ? -1n : line(last.start);
    if (last === undefined || start > latest || (start === latest && row.id > last.id)) last = row;
  }
  return last;
}

/** Which payload a list answers with at each probe, by the definition; null: with none. */
export function answersOf(
  rows: readonly StoredRow[],
  probes: readonly bigint[],
  mode: IovMode,
): (string | null)[] {
  const latest = [...new Set(rows.map((row) => line(row.start)))]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((start) => ({ start, row: lastStarting(rows, start) }))
    .map(({ start, row }) => ({ start, row, last: row ? lastInside(row, mode) : -1n }));
  return probes.map((at) => {
    const found = latest.findLast(({ start }) => start <= at);
    return found?.row !== undefined && at <= found.last ? found.row.payload : null;
  });
}

/**
 * Knows only the sentence: inserting N over its interval makes every moment inside it answer N, and
 * leaves every other moment answering what it answered before. And, for rows that last until the
 * next start, where intervals begin.
 */
export class AnswersModel {
  private constructor(
    private readonly mode: IovMode,
    private readonly answers: Map<bigint, string | null>,
    private starts: bigint[],
  ) {}

  static of(rows: readonly StoredRow[], probes: readonly bigint[], mode: IovMode): AnswersModel {
    const answers = answersOf(rows, probes, mode);
    const byProbe = new Map(probes.map((at, i) => [at, answers[i] ?? null]));
    const starts = rows.map((row) => line(row.start));
    return new AnswersModel(mode, byProbe, starts);
  }

  /** What each probe answers, in the order of the probes. */
  all(): (string | null)[] {
    return [...this.answers.values()];
  }

  /** The last moment that would answer with `insertion`. */
  lastOf(insertion: Insertion): bigint {
    if (insertion.until === 'end') return lastInside(insertion, this.mode);
    const later = this.starts.filter((start) => start > line(insertion.start));
    return later.reduce((next, start) => (start < next ? start : next), LAST + 1n) - 1n;
  }

  insert(payload: string, insertion: Insertion): void {
    const first = line(insertion.start);
    const last = this.lastOf(insertion);
    const following = this.answers.get(last + 1n) ?? null;
    for (const probe of this.answers.keys()) {
      if (probe >= first && probe <= last) this.answers.set(probe, payload);
    }
    this.starts = this.starts.filter((start) => start < first || start > last);
    this.starts.push(first);
    if (insertion.until === 'end' && following !== null) this.starts.push(last + 1n);
  }
}
