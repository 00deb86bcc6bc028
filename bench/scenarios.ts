/** Where the payloads of a scenario start. */
type Starts = 'random-moments' | 'runs';

/** One global tag of the benchmark: every list as long as every other, all ends open. */
export interface Scenario {
  /** Name of the global tag. */
  readonly tag: string;
  /** Payload types, and so payload lists, of the tag. */
  readonly types: number;
  readonly iovsPerList: number;
  readonly starts: Starts;
}

/** Both parts of a random moment are uniform in [0, LATEST]. */
export const LATEST = 2 ** 31 - 1;

/** Runs of the scenario `production` are 0 … RUNS - 1, at major 0. */
export const RUNS = 100_000;

/** The five scenarios of the published study of the reference, and what production does. */
export const SCENARIOS: readonly Scenario[] = [
  { tag: 'tiny', types: 10, iovsPerList: 10, starts: 'random-moments' },
  { tag: 'tiny-moderate', types: 10, iovsPerList: 200, starts: 'random-moments' },
  { tag: 'moderate', types: 100, iovsPerList: 200, starts: 'random-moments' },
  { tag: 'heavy-usage', types: 100, iovsPerList: 5_000, starts: 'random-moments' },
  { tag: 'worst-case', types: 200, iovsPerList: 26_000, starts: 'random-moments' },
  { tag: 'production', types: 200, iovsPerList: 500, starts: 'runs' },
];

/** @throws RangeError if there is none of that name */
export function scenarioOf(name: string): Scenario {
  const found = SCENARIOS.find(({ tag }) => tag === name);
  if (found) return found;
  throw new RangeError(`no scenario ${name}`);
}

export const iovsOf = (scenario: Scenario): number => scenario.types * scenario.iovsPerList;

/** @param index from 0 */
export const typeName = (index: number): string => `Bench_${String(index + 1).padStart(3, '0')}`;

/** The scenario with the most IOVs. */
export const largestOf = (scenarios: readonly Scenario[]): Scenario =>
  scenarios.reduce((largest, other) => (iovsOf(other) > iovsOf(largest) ? other : largest));

/** The scenario with the fewest IOVs. */
export const smallestOf = (scenarios: readonly Scenario[]): Scenario =>
  scenarios.reduce((smallest, other) => (iovsOf(other) < iovsOf(smallest) ? other : smallest));
