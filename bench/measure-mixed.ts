import { type Bench, DISPOSABLE, type Section } from './bench.js';
import { DROP_IN } from './drop-in-client.js';
import { formatMilliseconds } from './format.js';
import { type ReadResult } from './load.js';
import { drive } from './measure-beside.js';
import { PacedWriters, type PacedWrites, WRITERS, WRITES_PER_SECOND } from './paced-writers.js';
import { PayloadWriter } from './payload-writer.js';
import { progress } from './progress.js';
import { rate, ratio, table } from './report.js';
import { smallestOf } from './scenarios.js';

/** The tag that is cloned to be read and written: heavy enough, and cloned in no time. */
const SOURCE = 'moderate';

/** Readers of one tag while others write to it, each write read back at once. */
export async function measureMixed(bench: Bench): Promise<Section> {
  const writer = new PayloadWriter(bench.client);
  const { scenarios } = bench.options;
  const source = scenarios.find(({ tag }) => tag === SOURCE) ?? smallestOf(scenarios);
  const tag = `${DISPOSABLE}mixed`;
  progress(`mixed load on a clone of ${source.tag} …`);
  return writer.disposing([tag], async () => {
    await writer.clone(source.tag, tag);
    const alone = await reads(bench, tag);
    const writers = new PacedWriters(bench.server, tag, Object.values(await writer.listsOf(tag)));
    let mixed: ReadResult;
    let writes: PacedWrites;
    try {
      mixed = await reads(bench, tag);
    } finally {
      writes = await writers.stop();
    }
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

const readerRow = (label: string, result: ReadResult, alone: ReadResult): string[] => [
  label,
  rate(result),
  formatMilliseconds(result.p50),
  formatMilliseconds(result.p99),
  ratio(result, alone),
];

const sentence = ({ perSecond, p50, p99, stale }: PacedWrites): string =>
  `${perSecond.toFixed(0)} writes/s were made by ${WRITERS} clients (create + attach: p50 ${formatMilliseconds(p50)} ms, p99 ${formatMilliseconds(p99)} ms), each read back at once by its writer: ${stale} of these reads missed it.`;
