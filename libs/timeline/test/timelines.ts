import fc from 'fast-check';
import { INT64_MAX, type Interval, type Moment, OPEN_END } from '#iov';
import { TimelineBuilder, type TimelineList } from '../src/index.js';
import { type ModelRow, TimelineModel } from './timeline-model.js';

const MAJORS = [0n, 1n, INT64_MAX - 1n, INT64_MAX];
const MINORS = [0n, 1n, 2n, 3n, 2n ** 32n, INT64_MAX - 1n, INT64_MAX];

/** Few, so that starts and ends meet; with the extremes among them. */
export const MOMENTS: readonly Moment[] = MAJORS.flatMap((major) =>
  MINORS.map((minor) => ({ major, minor })),
);

const moments = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...MOMENTS.slice(0, 5)) },
  { weight: 2, arbitrary: fc.constantFrom(...MOMENTS) },
);

/** Bounds that are the right way round; ends of rows are not always, in adopted data. */
export const ranges: fc.Arbitrary<Interval> = fc
  .tuple(fc.constantFrom(...MOMENTS), fc.constantFrom(...MOMENTS))
  .map(([a, b]) =>
    a.major < b.major || (a.major === b.major && a.minor <= b.minor) ? [a, b] : [b, a],
  )
  .map(([start = OPEN_END, end = OPEN_END]) => ({ start, end }));

/** What JSON must escape, what it need not, and characters of one to four bytes. */
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom('"', '\\', '\n', '\u007f', ',', ']', 'é', '€', '𝄞'),
    maxLength: 12,
  }),
  fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 200 }),
);

/** A row of a list, without its id and its payload type. */
export interface Draft extends Interval {
  readonly url: string;
  readonly size: bigint | null;
  readonly revision: string | null;
}

export const drafts: fc.Arbitrary<Draft> = fc.record({
  start: moments,
  end: fc.oneof(fc.constant(OPEN_END), moments),
  url: texts,
  size: fc.option(fc.constantFrom(0n, 1234n, INT64_MAX)),
  revision: fc.option(texts),
});

export const types = fc.oneof(
  fc.constantFrom('B', 'a', 'é', '\u{10000}', '\uffff', '"', ''),
  texts,
);

export interface DraftedList {
  readonly payloadType: string;
  readonly rows: readonly Draft[];
}

export const draftedLists: fc.Arbitrary<DraftedList[]> = fc.array(
  fc.record({ payloadType: types, rows: fc.array(drafts, { maxLength: 6 }) }),
  { maxLength: 4 },
);

/** Rows as PostgreSQL would hand them over, with ids from `firstId` on. */
export function rowsOf(payloadType: string, rows: readonly Draft[], firstId: bigint): ModelRow[] {
  return rows.map(({ start, end, url, size, revision }, i) => {
    const fields = [
      JSON.stringify(payloadType),
      JSON.stringify(url),
      JSON.stringify('d41d8cd98f00b204e9800998ecf8427e'),
      String(size),
      ...[start.major, start.minor, end.major, end.minor].map(String),
      JSON.stringify(revision),
    ];
    return { id: firstId + BigInt(i), start, end, json: `[${fields.join(',')}]`, fields };
  });
}

/** The same lists as a model. List ids begin with 1, those of rows with 1, too. */
export function modelOf(lists: readonly DraftedList[]): TimelineModel {
  let id = 1n;
  return new TimelineModel(
    lists.map(({ payloadType, rows }, i) => {
      const first = id;
      id += BigInt(rows.length);
      return { id: BigInt(i + 1), payloadType, rows: rowsOf(payloadType, rows, first) };
    }),
  );
}

/** @param order where among the others each row comes */
export function build(model: TimelineModel, order: readonly number[] = []): TimelineBuilder {
  const lists: TimelineList[] = model.lists.map(({ id, payloadType }) => ({ id, payloadType }));
  const builder = new TimelineBuilder(lists.toReversed());
  const all = model.lists.flatMap(({ id, rows }) => rows.map((row) => ({ list: id, row })));
  const place = (i: number): number => order[i % order.length] ?? 0;
  for (const { list, row } of all.toSorted(
    (a, b) => place(all.indexOf(a)) - place(all.indexOf(b)),
  )) {
    builder.add(list, row);
  }
  return builder;
}
