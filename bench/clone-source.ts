import { type Bench } from './bench.js';
import { type Scenario, scenarioOf, smallestOf } from './scenarios.js';

/** Heavy enough to be read, and cloned in no time. */
const MODERATE = scenarioOf('moderate');

/** What is loaded whatever was chosen, for clones are made of it. */
export const withCloneSource = (scenarios: readonly Scenario[]): Scenario[] => [
  ...new Set([MODERATE, ...scenarios]),
];

/** The scenario whose clones are written to while they are read. */
export const cloneSource = ({ own, options: { scenarios } }: Bench): Scenario =>
  own || scenarios.includes(MODERATE) ? MODERATE : smallestOf(scenarios);
