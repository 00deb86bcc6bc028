import { type Bench, type Section } from './bench.js';
import { DROP_IN } from './drop-in-client.js';
import { formatCount, formatMilliseconds } from './format.js';
import { type HerdLoad, type HerdResult } from './load.js';
import { progress } from './progress.js';
import { table } from './report.js';
import { largestOf } from './scenarios.js';

const CLIENTS = 2_000;

/** Jobs that start all at once with cold caches: connect, list the tags, resolve, leave. */
export async function measureHerd(bench: Bench): Promise<Section> {
  const { tag, starts } = largestOf(bench.options.scenarios);
  const pattern = starts === 'runs' ? 'production' : 'random';
  progress(`${formatCount(CLIENTS)} cold clients on ${tag} …`);
  const server = await bench.generator.herd({
    origin: bench.server,
    clients: CLIENTS,
    first: `${DROP_IN}/globalTags`,
    second: { kind: 'moments', path: `${DROP_IN}/payloadiovs/`, tag, pattern },
  });
  if (server.failed > 0) {
    bench.failures.push(
      `Herd: ${server.failed} clients were not answered, the first: ${server.firstError ?? ''}`,
    );
  }
  const bare = await bench.generator.herd(bareHerd(bench));
  return {
    title: `The herd: ${formatCount(CLIENTS)} cold clients at once`,
    markdown: `${table(
      [
        'each connects, asks twice, leaves',
        'answered',
        'failed',
        'all done, s',
        'p50 ms',
        'p99 ms',
      ],
      [row(`server: globalTags, payloadiovs/ of ${tag}`, server), row('bare route, twice', bare)],
    )}\n\nFrom the start of all to a client's second answer.`,
    figures: { tag, server, bare },
  };
}

const bareHerd = (bench: Bench): HerdLoad => ({
  origin: bench.yardstick.origin,
  clients: CLIENTS,
  first: '/bare',
  second: { kind: 'path', path: '/bare' },
});

const row = (label: string, result: HerdResult): string[] => [
  label,
  formatCount(result.answered),
  formatCount(result.failed),
  result.seconds.toFixed(2),
  formatMilliseconds(result.p50),
  formatMilliseconds(result.p99),
];
