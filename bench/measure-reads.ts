import { type Bench, type Section, type Target, attempt } from './bench.js';
import { BESIDE_HEADERS, besideCells, ratio } from './beside-cells.js';
import { DROP_IN } from './drop-in-client.js';
import { formatCount, formatRate, formatRatio } from './format.js';
import { type Goal, atLeast } from './goals.js';
import { type ReadResult, type Sample } from './load.js';
import { table } from './markdown-table.js';
import { type Beside, measureServer, measureYardsticks } from './measure-beside.js';
import { type Moment, type Pattern, momentQuery, nextMoment } from './moments.js';
import { progress } from './progress.js';
import { seededRandom } from './random.js';
import { type Scenario } from './scenarios.js';
import { wrongAnswers } from './truth.js';
import { untilHeld } from './until-held.js';

const CHECKED_QUIETLY = 100;
const CHECKED_UNDER_LOAD = 20;
const CHECK_SEED = 4711;

interface Row extends Beside {
  readonly scenario: string;
  readonly pattern: Pattern | 'production';
  /** Where SQL answers everything. */
  readonly sqlPath: ReadResult | undefined;
}

/** `payloadiovs/` of every scenario and pattern, samples of the answers checked against SQL. */
export async function measureReads(bench: Bench): Promise<Section> {
  const rows: Row[] = [];
  let checked = 0;
  for (const scenario of bench.options.scenarios) {
    const patterns =
      scenario.starts === 'runs' ? (['production'] as const) : bench.options.patterns;
    const samples: Sample[] = [];
    await attempt(bench, `${scenario.tag}, asked quietly`, async () => {
      await untilHeld(bench.target, scenario.tag);
      for (const target of [bench.target, bench.sqlPath]) {
        if (target) samples.push(...(await askQuietly(bench, target, scenario, patterns)));
      }
    });
    for (const pattern of patterns) {
      await attempt(bench, `${scenario.tag}, ${pattern}`, async () => {
        const row = await measureOne(bench, scenario, pattern);
        samples.push(...row.server.samples, ...(row.sqlPath?.samples ?? []));
        rows.push(row);
      });
    }
    await attempt(bench, `${scenario.tag}, checked`, async () => {
      checked += await check(bench, scenario, samples);
    });
  }
  return {
    title: 'Resolve: GET payloadiovs/',
    markdown: [...tables(rows), checkedSentence(bench, checked)].join('\n\n'),
    figures: rows.map((row) => ({
      ...row,
      server: { ...row.server, samples: undefined },
      sqlPath: row.sqlPath && { ...row.sqlPath, samples: undefined },
    })),
    goals: goals(rows),
  };
}

async function measureOne(
  bench: Bench,
  { tag }: Scenario,
  pattern: Pattern | 'production',
): Promise<Row> {
  const typical = nextMoment(pattern === 'random' ? 'last' : pattern, seededRandom(CHECK_SEED));
  const subject = {
    label: `${tag}, ${pattern}`,
    requests: { kind: 'moments', path: `${DROP_IN}/payloadiovs/`, tag, pattern },
    typicalAnswer: await bench.target.client.text('GET', answerPath(tag, typical)),
    sameLength: pattern === 'first' || pattern === 'last',
    samples: bench.own ? CHECKED_UNDER_LOAD : 0,
  } as const;
  return {
    scenario: tag,
    pattern,
    ...(await measureYardsticks(bench, subject)),
    server: await measureServer(bench, bench.target, subject),
    sqlPath: bench.sqlPath && (await measureServer(bench, bench.sqlPath, subject)),
  };
}

/** Answers to the fixed moments and to random ones, one after another. */
async function askQuietly(
  bench: Bench,
  { client }: Target,
  { tag, starts }: Scenario,
  patterns: readonly (Pattern | 'production')[],
): Promise<Sample[]> {
  if (!bench.own) return [];
  const random = seededRandom(CHECK_SEED);
  const pattern = starts === 'runs' ? 'production' : 'random';
  const moments: Moment[] = [
    ...patterns.map((each) => nextMoment(each, random)),
    ...Array.from({ length: CHECKED_QUIETLY }, () => nextMoment(pattern, random)),
  ];
  const samples: Sample[] = [];
  for (const moment of moments) {
    samples.push({ moment, body: await client.text('GET', answerPath(tag, moment)) });
  }
  return samples;
}

const answerPath = (tag: string, moment: Moment): string =>
  `/payloadiovs/${momentQuery(tag, moment)}`;

/** @returns how many answers were checked */
async function check(bench: Bench, { tag }: Scenario, samples: readonly Sample[]): Promise<number> {
  if (!bench.own || samples.length === 0) return 0;
  progress(`${tag}: checking ${samples.length} answers …`);
  const wrong = await wrongAnswers(bench.own.database, tag, samples);
  if (wrong[0] !== undefined) {
    bench.failures.push(`${wrong.length} of ${samples.length} answers are wrong; ${wrong[0]}`);
  }
  return samples.length;
}

function tables(rows: readonly Row[]): string[] {
  const one = (besides: readonly (Row | (Row & Beside))[]): string =>
    table(
      ['scenario', 'pattern', ...BESIDE_HEADERS],
      besides.map((row) => [row.scenario, row.pattern, ...besideCells(row)]),
      2,
    );
  const throughSql = rows.flatMap((row) => (row.sqlPath ? [{ ...row, server: row.sqlPath }] : []));
  if (throughSql.length === 0) return [one(rows)];
  return [
    one(rows),
    'The same without timelines (`CDB_TIMELINE_MEMORY_MB=0`): SQL answers everything.',
    one(throughSql),
  ];
}

const checkedSentence = (bench: Bench, checked: number): string =>
  bench.own
    ? `${formatCount(checked)} of these answers, asked quietly and picked under load, were compared with what one pass over the stored IOVs says.`
    : 'The answers were not checked: the database of this server is not ours.';

/** What each cell is to reach, told for the cell that is worst off. */
function goals(rows: readonly Row[]): Goal[] {
  const worst = (
    what: string,
    chosen: readonly Row[],
    figure: (row: Row) => number | undefined,
    aim: number,
    format: (value: number) => string,
  ): Goal[] => {
    const figures = chosen.flatMap((row) => {
      const value = figure(row);
      return value === undefined ? [] : [{ value, where: `${row.scenario}, ${row.pattern}` }];
    });
    const [least] = figures.sort((a, b) => a.value - b.value);
    return least ? [atLeast(`${what} (least: ${least.where})`, least.value, aim, format)] : [];
  };
  const ofBare = ({ server, bare }: Row): number => ratio(server, bare);
  const largest = rows.filter(({ scenario }) => scenario === 'worst-case');
  const others = rows.filter(({ scenario }) => scenario !== 'worst-case');
  const random = largest.filter(({ pattern }) => pattern === 'random');
  return [
    ...worst(
      'resolve, requests/s',
      rows,
      ({ server }) => server.requestsPerSecond,
      1e4,
      formatRate,
    ),
    ...worst('resolve, of bare, all but worst-case', others, ofBare, 0.5, formatRatio),
    ...worst('resolve, of bare', random, ofBare, 0.25, formatRatio),
    ...worst(
      'without timelines, of bare + pg',
      rows,
      ({ sqlPath, pg }) => sqlPath && pg && ratio(sqlPath, pg),
      0.6,
      formatRatio,
    ),
  ];
}
