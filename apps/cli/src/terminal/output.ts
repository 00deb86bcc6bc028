import { once } from 'node:events';
import { writeJson } from '../http/exact-json.js';
import { type Out } from '../surroundings.js';
import { plainJson, plainText } from './plain-text.js';
import { type Column, type Line, Table } from './table.js';

type Pages<Row> = Iterable<readonly Row[]> | AsyncIterable<readonly Row[]>;

/** Where results go: as tables for people, or as JSON for programs; never both. */
export class Output {
  constructor(
    private readonly stdout: Out,
    private readonly stderr: Out,
    readonly json: boolean,
    private readonly color: boolean,
  ) {}

  /** One result: `value` as JSON, or what `human` says of it. */
  async show(value: unknown, human: () => readonly Line[]): Promise<void> {
    await this.write(this.json ? `${plainJson(writeJson(value, 2))}\n` : this.printed(human()));
  }

  /** Many rows as they come: a JSON array, or a table. */
  async rows<Row>(pages: Pages<Row>, columns: readonly Column<Row>[], none: string): Promise<void> {
    if (this.json) await this.jsonRows(pages);
    else await this.tableRows(pages, columns, none);
  }

  /** The lines of a table, as wide as the terminal. */
  table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): Line[] {
    return this.newTable(columns).lines(rows);
  }

  /** `name   value` of each, aligned. */
  fields(fields: Readonly<Record<string, string>>): Line[] {
    const width = Math.max(...Object.keys(fields).map(({ length }) => length));
    return Object.entries(fields).map(([name, value]) => ({
      strong: name.padEnd(width),
      rest: `  ${value}`,
    }));
  }

  /** For people only, beside the result: what was done, what to do next. */
  note(line: Line): void {
    if (!this.json) this.stderr.write(this.printed([line]));
  }

  /** The one place where lines for people go through: none of them steers the terminal. */
  private printed(lines: readonly Line[]): string {
    return lines
      .map((line) => {
        const { strong, rest } = typeof line === 'string' ? { strong: '', rest: line } : line;
        return `${this.bold(plainText(strong))}${plainText(rest)}\n`;
      })
      .join('');
  }

  private bold(text: string): string {
    return this.color && text !== '' ? `\u001b[1m${text}\u001b[22m` : text;
  }

  private newTable<Row>(columns: readonly Column<Row>[]): Table<Row> {
    // Some terminals do not know how wide they are, and say 0.
    const { isTTY, columns: width = 0 } = this.stdout;
    const known = isTTY === true && width > 0 ? width : undefined;
    return new Table(columns, known);
  }

  private async jsonRows(pages: Pages<unknown>): Promise<void> {
    let before = '[\n';
    for await (const page of pages) {
      for (const row of page) {
        await this.write(`${before}  ${plainJson(writeJson(row))}`);
        before = ',\n';
      }
    }
    await this.write(before === '[\n' ? '[]\n' : '\n]\n');
  }

  private async tableRows<Row>(
    pages: Pages<Row>,
    columns: readonly Column<Row>[],
    none: string,
  ): Promise<void> {
    const table = this.newTable(columns);
    let any = false;
    for await (const page of pages) {
      if (page.length === 0) continue;
      any = true;
      await this.write(this.printed(table.lines(page)));
    }
    if (!any) this.note(none);
  }

  /** Waits where whoever reads is slower. */
  async write(text: string): Promise<void> {
    if (!this.stdout.write(text)) await once(this.stdout, 'drain');
  }
}
