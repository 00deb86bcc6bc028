import { formatBytes, formatCount, formatMilliseconds } from './format.js';
import { type ReadResult } from './load.js';
import { type Beside } from './measure-beside.js';

/** Above this share of a core the load generator may have been what was measured. */
const GENERATOR_LIMIT = 0.95;

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

export const BESIDE_HEADERS = [
  'requests/s',
  'p50 ms',
  'p99 ms',
  'bytes',
  'bare/s',
  'of bare',
  'bare + pg/s',
  'of bare + pg',
];

/** The cells under {@link BESIDE_HEADERS}. */
export const besideCells = ({ server, bare, pg }: Beside): string[] => [
  rate(server),
  formatMilliseconds(server.p50),
  formatMilliseconds(server.p99),
  formatBytes(server.bytesPerAnswer),
  rate(bare),
  ratio(server, bare),
  pg ? rate(pg) : '–',
  pg ? ratio(server, pg) : '–',
];

/** Requests per second; `≥` where the load generator was at its own limit. */
export const rate = (result: ReadResult): string =>
  (result.generatorCpu > GENERATOR_LIMIT ? '≥ ' : '') +
  (result.requestsPerSecond < 10
    ? result.requestsPerSecond.toFixed(1)
    : formatCount(result.requestsPerSecond)) +
  (result.errors > 0 ? ' (errors)' : '');

export const ratio = (one: ReadResult, other: ReadResult): string =>
  (one.requestsPerSecond / other.requestsPerSecond).toFixed(2);
