import { type Bench, type Section, attempt } from './bench.js';
import { DROP_IN } from './drop-in-client.js';
import { formatCount } from './format.js';
import { type Sample } from './load.js';
import { type Beside, measureBeside } from './measure-beside.js';
import { type Moment, type Pattern, momentQuery, nextMoment } from './moments.js';
import { progress } from './progress.js';
import { seededRandom } from './random.js';
import { BESIDE_HEADERS, besideCells, table } from './report.js';
import { type Scenario } from './scenarios.js';
import { wrongAnswers } from './truth.js';

const CHECKED_BEFORE = 100;
const CHECKED_UNDER_LOAD = 20;
const CHECK_SEED = 4711;

type Row = { scenario: string; pattern: Pattern | 'production' } & Beside;

/** `payloadiovs/` of every scenario and pattern, each answer checked against SQL in samples. */
export async function measureReads(bench: Bench): Promise<Section> {
  const rows: Row[] = [];
  let checked = 0;
  for (const scenario of bench.options.scenarios) {
    const patterns =
      scenario.starts === 'runs' ? (['production'] as const) : bench.options.patterns;
    await attempt(bench, `${scenario.tag}, checked quietly`, async () => {
      checked += await check(bench, scenario, await askQuietly(bench, scenario, patterns));
    });
    for (const pattern of patterns) {
      await attempt(bench, `${scenario.tag}, ${pattern}`, async () => {
        progress(`${scenario.tag}, ${pattern} …`);
        const beside = await measureOne(bench, scenario, pattern);
        rows.push({ scenario: scenario.tag, pattern, ...beside });
        checked += await check(bench, scenario, beside.server.samples);
      });
    }
  }
  return {
    title: 'Resolve: GET payloadiovs/',
    markdown: `${table(
      ['scenario', 'pattern', ...BESIDE_HEADERS],
      rows.map((row) => [row.scenario, row.pattern, ...besideCells(row)]),
      2,
    )}\n\n${checkedSentence(bench, checked)}`,
    figures: rows.map((row) => ({ ...row, server: { ...row.server, samples: undefined } })),
  };
}

function measureOne(
  bench: Bench,
  { tag }: Scenario,
  pattern: Pattern | 'production',
): Promise<Beside> {
  const sameLength = pattern === 'first' || pattern === 'last';
  const typical = nextMoment(pattern === 'random' ? 'last' : pattern, seededRandom(CHECK_SEED));
  return bench.client
    .text('GET', `/payloadiovs/${momentQuery(tag, typical)}`)
    .then((typicalAnswer) =>
      measureBeside(bench, {
        label: `${tag}, ${pattern}`,
        requests: { kind: 'moments', path: `${DROP_IN}/payloadiovs/`, tag, pattern },
        typicalAnswer,
        sameLength,
        samples: bench.database ? CHECKED_UNDER_LOAD : 0,
      }),
    );
}

/** Answers to the fixed moments and to random ones, one after another. */
async function askQuietly(
  bench: Bench,
  scenario: Scenario,
  patterns: readonly (Pattern | 'production')[],
): Promise<Sample[]> {
  if (!bench.database) return [];
  progress(`${scenario.tag}: checking ${CHECKED_BEFORE} answers …`);
  const random = seededRandom(CHECK_SEED);
  const pattern = scenario.starts === 'runs' ? 'production' : 'random';
  const moments: Moment[] = [
    ...patterns.map((each) => nextMoment(each, random)),
    ...Array.from({ length: CHECKED_BEFORE }, () => nextMoment(pattern, random)),
  ];
  const samples: Sample[] = [];
  for (const moment of moments) {
    const body = await bench.client.text(
      'GET',
      `/payloadiovs/${momentQuery(scenario.tag, moment)}`,
    );
    samples.push({ moment, body });
  }
  return samples;
}

/** @returns how many answers were checked */
async function check(bench: Bench, { tag }: Scenario, samples: readonly Sample[]): Promise<number> {
  if (!bench.database || samples.length === 0) return 0;
  const wrong = await wrongAnswers(bench.database, tag, samples);
  if (wrong[0] !== undefined) {
    bench.failures.push(`${wrong.length} of ${samples.length} answers are wrong; ${wrong[0]}`);
  }
  return samples.length;
}

const checkedSentence = (bench: Bench, checked: number): string =>
  bench.database
    ? `${formatCount(checked)} of these answers, asked quietly and picked under load, were compared with what one pass over the stored IOVs says.`
    : 'The answers were not checked: the database of this server is not ours.';
