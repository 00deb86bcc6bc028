import {
  effectiveAt,
  formatInterval,
  type Interval,
  type IovMode,
  isOpenEnd,
  type Moment,
} from '../src/index.js';
import { line, moment, type StoredRow } from './answers-model.js';
import { ListDatabase, type NewPayload } from './list-database.js';

const WIDTH = 45;

/** A list and what is inserted into it, of moments (0, 0) to (0, 44); a payload is a letter. */
export interface Scene {
  readonly mode: IovMode;
  readonly locked: boolean;
  readonly before: readonly (Interval & { readonly payload: string })[];
  readonly insert: readonly NewPayload[];
}

function column(at: Moment): number {
  return Math.min(Number(line(at)), WIDTH);
}

/** `[===)`: `=` where it answers, `-` where another with a later start does, `>` if it is open. */
function bar(row: Interval, mode: IovMode, answers: (at: number) => boolean): string {
  const closing = isOpenEnd(row.end) ? '>' : mode === 'continuous' ? ')' : ']';
  const start = column(row.start);
  const end = column(row.end);
  const inner: string[] = Array.from({ length: WIDTH }, (_, at) =>
    at <= start || at >= end ? ' ' : answers(at) ? '=' : '-',
  );
  inner[end] = closing;
  inner[start] = '[';
  return inner.join('').padEnd(WIDTH + 2);
}

function bars(title: string, rows: readonly StoredRow[], mode: IovMode): string[] {
  return rows
    .toSorted((a, b) => column(a.start) - column(b.start))
    .map((row, index) => {
      const answers = (at: number) => effectiveAt(rows, moment(BigInt(at)), mode)?.id === row.id;
      const drawn = bar(row, mode, answers) + formatInterval(row, mode);
      return `${(index === 0 ? title : '').padEnd(9)}${row.payload}  ${drawn}`;
    });
}

/** Draws a list before and after, as the code has it. */
export function picture({ mode, locked, before, insert }: Scene): string {
  const database = new ListDatabase(
    before.map((row, i) => ({ ...row, id: BigInt(i + 1) })),
    mode,
  );
  const lines = [
    `${' '.repeat(12)}0         10        20        30        40`,
    ...bars('before', database.attached(), mode),
    ...insert.map((row, index) => {
      const wanted = row.until === 'next' ? '[ until the next start' : bar(row, mode, () => true);
      const indent = row.until === 'next' ? ' '.repeat(column(row.start)) : '';
      const interval = row.until === 'next' ? '' : formatInterval(row, mode);
      return `${(index === 0 ? 'insert' : '').padEnd(9)}${row.payload}  ${indent}${wanted}${interval}`;
    }),
  ];
  const { conflict } = database.plan(insert, locked);
  if (conflict !== null) {
    const { payload } = before[Number(conflict.existing.id) - 1] ?? { payload: '?' };
    const inserted = insert[conflict.insertion]?.payload ?? '?';
    return [...lines, `refused  ${payload} would no longer answer where ${inserted} is valid`].join(
      '\n',
    );
  }
  database.insert(insert, locked);
  const after = database.attached();
  const answers = Array.from({ length: WIDTH }, (_, at) => {
    const row = effectiveAt(after, moment(BigInt(at)), mode);
    return after.find((each) => each.id === row?.id)?.payload ?? '.';
  });
  const detached = database.rows.filter((row) => !row.attached).map((row) => row.payload);
  return [
    ...lines,
    ...bars('after', after, mode),
    `answers     ${answers.join('')}`,
    ...(detached.length > 0 ? [`detached ${detached.join(', ')}`] : []),
  ].join('\n');
}
