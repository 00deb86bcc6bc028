import { formatBytes, formatCount, formatMilliseconds, formatRate, formatRatio } from './format.js';
import { type ReadResult } from './load.js';
import { type Beside } from './measure-beside.js';

/** Above this share of a core the load generator may have been what was measured. */
const GENERATOR_LIMIT = 0.95;

const READ_HEADERS = ['requests/s', 'p50 ms', 'p99 ms', 'errors'];
const BARE_HEADERS = ['bytes', 'bare/s', 'of bare'];
export const BESIDE_BARE_HEADERS = [...READ_HEADERS, ...BARE_HEADERS];
export const BESIDE_HEADERS = [...BESIDE_BARE_HEADERS, 'bare + pg/s', 'of bare + pg'];

/** The cells under `requests/s`, `p50 ms`, `p99 ms`, `errors`. */
export const readCells = (result: ReadResult): string[] => [
  rate(result),
  formatMilliseconds(result.p50),
  formatMilliseconds(result.p99),
  formatCount(result.errors),
];

/** The cells under {@link BESIDE_BARE_HEADERS}. */
export const besideBareCells = ({ server, bare }: Beside): string[] => [
  ...readCells(server),
  formatBytes(server.bytesPerAnswer),
  rate(bare),
  formatRatio(ratio(server, bare)),
];

/** The cells under {@link BESIDE_HEADERS}. */
export const besideCells = (beside: Beside): string[] => [
  ...besideBareCells(beside),
  beside.pg ? rate(beside.pg) : '–',
  beside.pg ? formatRatio(ratio(beside.server, beside.pg)) : '–',
];

/** Requests per second; `≥` where the load generator was at its own limit. */
const rate = (result: ReadResult): string =>
  (result.generatorCpu > GENERATOR_LIMIT ? '≥ ' : '') + formatRate(result.requestsPerSecond);

export const ratio = (one: ReadResult, other: ReadResult): number =>
  one.requestsPerSecond / other.requestsPerSecond;
