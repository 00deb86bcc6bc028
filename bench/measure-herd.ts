import { type Bench, type Section } from './bench.js';
import { DROP_IN } from './drop-in-client.js';
import { formatCount, formatMilliseconds } from './format.js';
import { type HerdLoad, type HerdResult, type Origin } from './load.js';
import { table } from './markdown-table.js';
import { progress } from './progress.js';
import { largestOf } from './scenarios.js';
import { untilHeld } from './until-held.js';

const CLIENTS = 2_000;

/** Jobs that start all at once with cold caches: connect, list the tags, resolve, leave. */
export async function measureHerd(bench: Bench): Promise<Section> {
  const { tag, starts } = largestOf(bench.options.scenarios);
  const pattern = starts === 'runs' ? 'production' : 'random';
  const herd = (origin: Origin): HerdLoad => ({
    origin,
    clients: CLIENTS,
    first: `${DROP_IN}/globalTags`,
    second: { kind: 'moments', path: `${DROP_IN}/payloadiovs/`, tag, pattern },
  });
  const rows: { label: string; result: HerdResult }[] = [];
  const add = async (label: string, load: HerdLoad): Promise<void> => {
    const result = await bench.generator.herd(load);
    progress(`herd, ${label}: ${result.answered} answered in ${result.seconds.toFixed(2)} s`);
    if (result.failed > 0) {
      bench.failures.push(
        `Herd, ${label}: ${result.failed} clients were not answered, the first: ${result.firstError ?? ''}`,
      );
    }
    rows.push({ label, result });
  };
  await untilHeld(bench.target, tag);
  await add(bench.own ? 'with timelines' : 'the server', herd(bench.target.origin));
  await bench.own?.withServer(({ origin }) => add('just started, with timelines', herd(origin)));
  if (bench.sqlPath) await add('without timelines', herd(bench.sqlPath.origin));
  await add('the bare route, twice', bareHerd(bench));
  const [first] = rows;
  return {
    title: `The herd: ${formatCount(CLIENTS)} cold clients at once`,
    markdown: `${table(HEADERS, rows.map(cells))}\n\nEach connects, asks for globalTags, then for payloadiovs/ of ${tag}, and leaves. Times are from the start of all to a client's second answer.`,
    figures: { tag, rows },
    goals: first
      ? [
          {
            what: 'herd, clients answered',
            aim: formatCount(CLIENTS),
            got: formatCount(first.result.answered),
            reached: first.result.failed === 0,
          },
        ]
      : [],
  };
}

const bareHerd = (bench: Bench): HerdLoad => ({
  origin: bench.yardstick.origin,
  clients: CLIENTS,
  first: '/bare',
  second: { kind: 'path', path: '/bare' },
});

const HEADERS = ['', 'answered', 'failed', 'p50 ms', 'p99 ms', 'the last, s'];

const cells = ({ label, result }: { label: string; result: HerdResult }): string[] => [
  label,
  formatCount(result.answered),
  formatCount(result.failed),
  formatMilliseconds(result.p50),
  formatMilliseconds(result.p99),
  result.seconds.toFixed(2),
];
