import { setTimeout as pause } from 'node:timers/promises';
import { type Bench, DISPOSABLE, type Section } from './bench.js';
import { DROP_IN } from './drop-in-client.js';
import { formatMilliseconds } from './format.js';
import { LatencyHistogram } from './latency-histogram.js';
import { type ReadResult } from './load.js';
import { drive } from './measure-beside.js';
import { momentQuery, nextMoment } from './moments.js';
import { PayloadWriter } from './payload-writer.js';
import { progress } from './progress.js';
import { seededRandom } from './random.js';
import { rate, ratio, table } from './report.js';
import { smallestOf } from './scenarios.js';

const WRITES_PER_SECOND = 100;
/** The tag that is cloned to be read and written: heavy enough, and cloned in no time. */
const SOURCE = 'moderate';

interface Writes {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Reads right after a write, by its writer, that did not show it. */
  readonly stale: number;
}

/** Readers of one tag while a client writes to it and reads each write back at once. */
export async function measureMixed(bench: Bench): Promise<Section> {
  const writer = new PayloadWriter(bench.client);
  const { scenarios } = bench.options;
  const source = scenarios.find(({ tag }) => tag === SOURCE) ?? smallestOf(scenarios);
  const tag = `${DISPOSABLE}mixed`;
  progress(`mixed load on a clone of ${source.tag} …`);
  return writer.disposing([tag], async () => {
    await writer.clone(source.tag, tag);
    const alone = await reads(bench, tag);
    const [mixed, writes] = await readsWithWrites(bench, writer, tag);
    if (writes.stale > 0) bench.failures.push(`Mixed: ${writes.stale} reads missed a write.`);
    return {
      title: `Readers of one tag (a clone of ${source.tag}) and ${WRITES_PER_SECOND} writes/s to it`,
      markdown: `${table(
        ['', 'requests/s', 'p50 ms', 'p99 ms', 'of readers alone'],
        [readerRow('readers alone', alone, alone), readerRow('readers with writes', mixed, alone)],
      )}\n\n${sentence(writes)}`,
      figures: { alone, mixed, writes },
    };
  });
}

const reads = (bench: Bench, tag: string): Promise<ReadResult> =>
  drive(bench, 'mixed', bench.server, {
    requests: { kind: 'moments', path: `${DROP_IN}/payloadiovs/`, tag, pattern: 'random' },
  });

async function readsWithWrites(
  bench: Bench,
  writer: PayloadWriter,
  tag: string,
): Promise<[ReadResult, Writes]> {
  const over = new AbortController();
  const writing = write(bench, writer, tag, over.signal);
  try {
    const mixed = await reads(bench, tag);
    over.abort();
    return [mixed, await writing];
  } finally {
    over.abort();
    await writing.catch(() => undefined);
  }
}

/** Inserts payloads of one minor unit at random moments, at the rate or as fast as it goes. */
async function write(
  bench: Bench,
  writer: PayloadWriter,
  tag: string,
  over: AbortSignal,
): Promise<Writes> {
  const lists = Object.values(await writer.listsOf(tag));
  const random = seededRandom(lists.length);
  const latencies = new LatencyHistogram();
  const started = performance.now();
  let written = 0;
  let stale = 0;
  while (!over.aborted) {
    const start = nextMoment('random', random);
    const url = `${tag}_${written}_file.data`;
    const begun = performance.now();
    await writer.insert(lists[written % lists.length] ?? '', {
      url,
      start,
      end: { ...start, minor: start.minor + 1 },
    });
    latencies.record(performance.now() - begun);
    written += 1;
    const answer = await bench.client.text('GET', `/payloadiovs/${momentQuery(tag, start)}`);
    if (!answer.includes(`"${url}"`)) stale += 1;
    const due = started + (written * 1000) / WRITES_PER_SECOND;
    await pause(Math.max(0, due - performance.now()));
  }
  return {
    perSecond: (written * 1000) / (performance.now() - started),
    p50: latencies.percentile(0.5),
    p99: latencies.percentile(0.99),
    stale,
  };
}

const readerRow = (label: string, result: ReadResult, alone: ReadResult): string[] => [
  label,
  rate(result),
  formatMilliseconds(result.p50),
  formatMilliseconds(result.p99),
  ratio(result, alone),
];

const sentence = ({ perSecond, p50, p99, stale }: Writes): string =>
  `${perSecond.toFixed(0)} writes/s were made (create + attach: p50 ${formatMilliseconds(p50)} ms, p99 ${formatMilliseconds(p99)} ms), each read back at once by its writer: ${stale} of these reads missed it.`;
