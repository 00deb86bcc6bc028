/** A Markdown table; the first columns are text, the others are figures. */
export function table(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
  textColumns = 1,
): string {
  const pad = (cell: string, width: number, column: number): string =>
    column < textColumns ? cell.padEnd(width) : cell.padStart(width);
  const widths = headers.map((header, column) =>
    Math.max(header.length, 3, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => pad(cells[column] ?? '', width, column)).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column < textColumns ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(headers), line(rule), ...rows.map(line)].join('\n');
}

export const bullets = (lines: readonly string[]): string =>
  lines.map((line) => `- ${line}`).join('\n');
