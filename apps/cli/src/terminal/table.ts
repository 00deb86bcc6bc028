import { plainText } from './plain-text.js';

export interface Column<Row> {
  readonly title: string;
  readonly align?: 'right';
  /** May be cut where the terminal is too narrow; others never are. */
  readonly shrinks?: true;
  readonly cell: (row: Row) => string;
}

/** A line for people; what is strong in it comes first. */
export type Line = string | { readonly strong: string; readonly rest: string };

const ASCII = /^[ -~]*$/;
const GAP = '  ';
/** A column that may be cut keeps this much. */
const NARROWEST = 8;

/** Lays out rows under their titles, and goes on in the same widths with those that come later. */
export class Table<Row> {
  private widths: number[] | undefined;

  constructor(
    private readonly columns: readonly Column<Row>[],
    /** Width of the terminal; undefined: as wide as it gets. */
    private readonly width?: number,
  ) {}

  /** The lines of these rows; before the first, the titles. */
  lines(rows: readonly Row[]): Line[] {
    const cells = rows.map((row) => this.columns.map(({ cell }) => plainText(cell(row))));
    const titles = this.columns.map(({ title }) => plainText(title));
    if (this.widths !== undefined) return cells.map((row) => this.line(row));
    this.widths = this.fit([titles, ...cells]);
    return [{ strong: this.line(titles), rest: '' }, ...cells.map((row) => this.line(row))];
  }

  private fit(rows: readonly (readonly string[])[]): number[] {
    const widths = this.columns.map((_, index) =>
      rows.reduce((widest, row) => Math.max(widest, lengthOf(row[index] ?? '')), 0),
    );
    if (this.width === undefined) return widths;
    const all = widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
    let excess = all - this.width;
    while (excess > 0) {
      const widest = this.widestToShrink(widths);
      if (widest === undefined) break;
      widths[widest] = (widths[widest] ?? 0) - 1;
      excess--;
    }
    return widths;
  }

  private widestToShrink(widths: readonly number[]): number | undefined {
    let found: number | undefined;
    this.columns.forEach(({ shrinks }, index) => {
      const width = widths[index] ?? 0;
      if (
        shrinks &&
        width > NARROWEST &&
        width > (found === undefined ? 0 : (widths[found] ?? 0))
      ) {
        found = index;
      }
    });
    return found;
  }

  private line(cells: readonly string[]): string {
    return cells
      .map((text, index) => {
        const width = this.widths?.[index] ?? 0;
        const column = this.columns[index];
        const tooWide = this.width !== undefined && column?.shrinks && lengthOf(text) > width;
        const cut = tooWide ? shorten(text, width) : text;
        const blank = ' '.repeat(Math.max(0, width - lengthOf(cut)));
        return column?.align === 'right' ? blank + cut : cut + blank;
      })
      .join(GAP)
      .trimEnd();
  }
}

const SEGMENTER = new Intl.Segmenter();

/** In characters as they are seen. */
function lengthOf(text: string): number {
  return ASCII.test(text) ? text.length : charactersOf(text).length;
}

function shorten(text: string, width: number): string {
  return `${charactersOf(text)
    .slice(0, width - 1)
    .join('')}…`;
}

function charactersOf(text: string): string[] {
  return Array.from(SEGMENTER.segment(text), ({ segment }) => segment);
}
