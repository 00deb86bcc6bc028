import fc from 'fast-check';
import {
  INT64_MAX,
  type Insertion,
  type Interval,
  type IovMode,
  isValidInterval,
  type Moment,
  OPEN_END,
} from '../src/index.js';
import { line, type StoredRow } from './answers-model.js';
import { type NewPayload } from './list-database.js';

const MAJORS = [0n, 1n, INT64_MAX - 1n, INT64_MAX];
const MINORS = [0n, 1n, 2n, 3n, INT64_MAX - 2n, INT64_MAX - 1n, INT64_MAX];

/** Few, so that boundaries meet; with the extremes among them. */
const MOMENTS: readonly Moment[] = MAJORS.flatMap((major) =>
  MINORS.map((minor) => ({ major, minor })),
);

/** Every moment at which an answer can begin or end, and those around it. */
export const PROBES: readonly bigint[] = [
  ...new Set(MOMENTS.map(line).flatMap((at) => [at - 1n, at, at + 1n])),
].filter((at) => at >= 0n && at <= line(OPEN_END));

const anyMoment = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...MOMENTS.slice(0, 7)) },
  { weight: 2, arbitrary: fc.constantFrom(...MOMENTS) },
);

const anyEnd = fc.oneof(
  { weight: 2, arbitrary: anyMoment },
  { weight: 1, arbitrary: fc.constant(OPEN_END) },
);

function validIntervals(mode: IovMode): fc.Arbitrary<Interval> {
  return fc
    .record({ start: anyMoment, end: anyEnd })
    .map(({ start, end }) =>
      line(start) <= line(end) ? { start, end } : { start: end, end: start },
    )
    .filter((interval) => isValidInterval(interval, mode));
}

/** Adopted lists: intervals overlap, starts repeat, some ends come before their start. */
export function damagedLists(mode: IovMode): fc.Arbitrary<StoredRow[]> {
  const damaged = fc.record({ start: anyMoment, end: anyEnd });
  const row = fc.oneof(
    { weight: 2, arbitrary: validIntervals(mode) },
    { weight: 1, arbitrary: damaged },
  );
  return fc
    .array(row, { maxLength: 8 })
    .map((intervals) =>
      intervals.map((interval, i) => ({ ...interval, id: BigInt(i + 1), payload: `old-${i + 1}` })),
    );
}

export function insertions(mode: IovMode): fc.Arbitrary<Insertion> {
  const open = fc.constant(OPEN_END);
  return fc.oneof(
    validIntervals(mode).map((interval): Insertion => ({ ...interval, until: 'end' })),
    fc
      .record({ start: anyMoment, end: open, until: fc.constant('next' as const) })
      .filter((insertion) => isValidInterval(insertion, mode)),
  );
}

/** Batches one after another, payloads named so that no two are alike. */
export function histories(mode: IovMode, batchSize: number): fc.Arbitrary<NewPayload[][]> {
  const batch = fc.array(insertions(mode), { minLength: 1, maxLength: batchSize });
  return fc
    .array(batch, { minLength: 1, maxLength: 5 })
    .map((batches) =>
      batches.map((rows, b) =>
        rows.map((row, i) => ({ ...row, payload: `new-${b + 1}.${i + 1}` })),
      ),
    );
}

/** Cuts `items` into chunks, in order. */
export function chunks<Item>(items: readonly Item[], cuts: readonly boolean[]): Item[][] {
  const result: Item[][] = [];
  for (const [index, item] of items.entries()) {
    const chunk = result.at(-1);
    if (chunk === undefined || cuts[index % cuts.length] === true) result.push([item]);
    else chunk.push(item);
  }
  return result;
}
