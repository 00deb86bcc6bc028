import { expect, it } from '@jest/globals';
import { Table } from './table.js';

interface Row {
  readonly name: string;
  readonly count: number;
  readonly note: string;
}

const COLUMNS = [
  { title: 'name', cell: ({ name }: Row) => name },
  { title: 'count', align: 'right', cell: ({ count }: Row) => String(count) },
  { title: 'note', shrinks: true, cell: ({ note }: Row) => note },
] as const;

const row = (name: string, count: number, note: string): Row => ({ name, count, note });

it('aligns what stands below each other, and later rows with earlier ones', () => {
  const table = new Table<Row>(COLUMNS);
  expect(table.lines([row('a', 1, 'x'), row('long name', 1000, '')])).toEqual([
    { strong: 'name       count  note', rest: '' },
    'a              1  x',
    'long name   1000',
  ]);
  expect(table.lines([row('b', 2, 'later')])).toEqual(['b              2  later']);
});

it('cuts only what may be cut, and never below what can be read', () => {
  const rows = [row('a name that is rather long', 1, 'a note that is even longer than that')];
  const [, line = ''] = new Table<Row>(COLUMNS, 50).lines(rows);
  expect(line).toBe('a name that is rather long      1  a note that is…');
  const [, narrow = ''] = new Table<Row>(COLUMNS, 10).lines(rows);
  expect(narrow).toBe('a name that is rather long      1  a note …');
});

it('shows what would steer the terminal, and counts characters as they are seen', () => {
  const lines = new Table<Row>(COLUMNS).lines([
    row('a\u001b[31m', 1, 'line\nbreak'),
    row('é👩‍🔬'.normalize('NFD'), 1, 'x'),
  ]);
  expect(lines[1]).toContain('a\\u{1b}[31m');
  expect(lines[1]).toContain('line\\u{a}break');
});
