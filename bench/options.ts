import { parseArgs } from 'node:util';
import { PATTERNS, type Pattern } from './moments.js';
import { SCENARIOS, type Scenario } from './scenarios.js';

/** What the bench measures, in this order. */
const PARTS = [
  'plan',
  'resolve',
  'herd',
  'mixed',
  'endpoints',
  'writes',
  'propagation',
  'nested',
  'loading',
  'scaling',
] as const;
export type Part = (typeof PARTS)[number];

export interface Options {
  readonly parts: readonly Part[];
  readonly scenarios: readonly Scenario[];
  readonly patterns: readonly Pattern[];
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly skipWrites: boolean;
  /** Another server to measure; without it the bench starts its own. */
  readonly url: URL | undefined;
  readonly loadHttp: boolean;
  readonly json: string | undefined;
}

export const HELP = `npm run bench -- [options]

Loads the scenarios into an embedded PostgreSQL (kept in .bench/ between runs), starts the server
on it twice, with and without timelines, drives it with 50 connections, and ends with a report in
Markdown (stdout; what goes on is told on stderr). All of it takes about 12 minutes, and loading the
scenarios for the first time 3 more.

  --only a,b        only these scenarios: ${SCENARIOS.map(({ tag }) => tag).join(', ')}
  --patterns a,b    only these patterns: ${PATTERNS.join(', ')}
  --parts a,b       only these parts: ${PARTS.join(', ')}
  --seconds N       per measured cell (default 5)
  --warm-up N       seconds before each of them that do not count (default 1)
  --quick           2 seconds per cell, without worst-case
  --skip-writes     nothing that writes: no writes, mixed load, propagation, no 200 tags
  --url URL         measure the server at http://host:port instead. Its scenarios' tags must be
                    there; what needs its database (bare Fastify + pg, checks by SQL) is left out
  --load-http       with --url: create the missing scenarios through bulk_piov first (small ones:
                    up to 20,000 IOVs) and leave them there
  --json FILE       also write all figures to a file
  --help            this text

Settings of the server under test (CDB_…) are taken from the environment.
`;

/**
 * @returns what was asked for, or undefined for `--help`
 * @throws Error with a sentence for a wrong option
 */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      patterns: { type: 'string' },
      parts: { type: 'string' },
      seconds: { type: 'string' },
      'warm-up': { type: 'string' },
      quick: { type: 'boolean', default: false },
      'skip-writes': { type: 'boolean', default: false },
      url: { type: 'string' },
      'load-http': { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  if (values['load-http'] && values.url === undefined) {
    throw new Error('--load-http goes with --url only.');
  }
  const all = SCENARIOS.map(({ tag }) => tag);
  const wanted = chosen('--only', values.only, all);
  return {
    scenarios: SCENARIOS.filter(
      ({ tag }) => wanted.includes(tag) && !(values.quick && !values.only && tag === 'worst-case'),
    ),
    patterns: chosen('--patterns', values.patterns, PATTERNS),
    parts: chosen('--parts', values.parts, PARTS),
    seconds: positive('--seconds', values.seconds, values.quick ? 2 : 5),
    warmUpSeconds: positive('--warm-up', values['warm-up'], 1),
    skipWrites: values['skip-writes'],
    url: values.url === undefined ? undefined : new URL(values.url),
    loadHttp: values['load-http'],
    json: values.json,
  };
}

function chosen<T extends string>(name: string, text: string | undefined, all: readonly T[]): T[] {
  if (text === undefined) return [...all];
  const words = text.split(',');
  const unknown = words.find((word) => !all.some((known) => known === word));
  if (unknown !== undefined) {
    throw new Error(`${name} does not know "${unknown}"; it knows ${all.join(', ')}.`);
  }
  return all.filter((known) => words.includes(known));
}

function positive(name: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (value > 0 && value < 3600) return value;
  throw new Error(`${name} takes a number of seconds above 0.`);
}
