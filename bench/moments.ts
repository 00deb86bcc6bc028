import { type Random } from './random.js';
import { LATEST, RUNS } from './scenarios.js';

/** Which moments the readers ask for. */
export const PATTERNS = ['first', 'last', 'random'] as const;
export type Pattern = (typeof PATTERNS)[number];

export interface Moment {
  readonly major: number;
  readonly minor: number;
}

/** Production asks for few runs very often: these are asked by HOT_SHARE of the requests. */
const HOT_RUNS = 20;
const HOT_SHARE = 0.8;

/** @param pattern `production`: major 0, minor = run, 80 % of the requests on 20 hot runs */
export function nextMoment(pattern: Pattern | 'production', random: Random): Moment {
  switch (pattern) {
    case 'first':
      return { major: 0, minor: 0 };
    case 'last':
      return { major: LATEST, minor: LATEST };
    case 'random':
      return { major: upTo(LATEST, random), minor: upTo(LATEST, random) };
    case 'production':
      return { major: 0, minor: random() < HOT_SHARE ? hotRun(random) : upTo(RUNS - 1, random) };
  }
}

/** The query string of `payloadiovs/`. */
export const momentQuery = (tag: string, { major, minor }: Moment): string =>
  `?gtName=${tag}&majorIOV=${major}&minorIOV=${minor}`;

const upTo = (last: number, random: Random): number => Math.floor(random() * (last + 1));

const hotRun = (random: Random): number => upTo(HOT_RUNS - 1, random) * (RUNS / HOT_RUNS) + 7;
