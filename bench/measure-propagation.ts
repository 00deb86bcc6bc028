import { type Bench, DISPOSABLE, type Own, type Section, type Target } from './bench.js';
import { cloneSource } from './clone-source.js';
import { formatMilliseconds } from './format.js';
import { atMost } from './goals.js';
import { LatencyHistogram } from './latency-histogram.js';
import { table } from './markdown-table.js';
import { momentQuery, nextMoment } from './moments.js';
import { PayloadWriter } from './payload-writer.js';
import { progress } from './progress.js';
import { seededRandom } from './random.js';
import { untilHeld } from './until-held.js';

const WRITES = 300;
const PATIENCE_MS = 10_000;
const AIM_MS = 100;

/** How long after a write was answered by one server another one shows it. */
export async function measurePropagation(bench: Bench, own: Own): Promise<Section> {
  const tag = `${DISPOSABLE}propagation`;
  const writer = new PayloadWriter(bench.target.client);
  progress(`propagation: ${WRITES} writes through one server, read through another …`);
  const latencies = await own.withServer((other) =>
    writer.disposing([tag], async () => {
      await writer.clone(cloneSource(bench).tag, tag);
      await untilHeld(bench.target, tag);
      await untilHeld(other, tag);
      return propagate(writer, other, tag);
    }),
  );
  const figures = {
    p50: latencies.percentile(0.5),
    p99: latencies.percentile(0.99),
    most: latencies.percentile(1),
  };
  return {
    title: 'Two servers on one database',
    markdown: `${table(
      ['', 'writes', 'p50 ms', 'p99 ms', 'most ms'],
      [
        [
          'a write through one is seen through the other after',
          String(WRITES),
          ...Object.values(figures).map(formatMilliseconds),
        ],
      ],
    )}\n\nFrom the answer to the write until the other server, asked again and again for the tag it holds in memory, has answered with it; so one question is always included.`,
    figures,
    goals: [
      atMost('a write is seen by another server, p99 ms', figures.p99, AIM_MS, formatMilliseconds),
    ],
  };
}

async function propagate(
  writer: PayloadWriter,
  other: Target,
  tag: string,
): Promise<LatencyHistogram> {
  const lists = Object.values(await writer.listsOf(tag));
  const random = seededRandom(WRITES);
  const latencies = new LatencyHistogram();
  for (let write = 0; write < WRITES; write += 1) {
    const start = nextMoment('random', random);
    const end = { ...start, minor: start.minor + 1 };
    const url = `${tag}_${write}_file.data`;
    await writer.insert(lists[write % lists.length] ?? '', { url, start, end });
    const written = performance.now();
    const path = `/payloadiovs/${momentQuery(tag, start)}`;
    while (!(await other.client.text('GET', path)).includes(`"${url}"`)) {
      if (performance.now() - written > PATIENCE_MS) {
        throw new Error(`A write was not seen within ${PATIENCE_MS / 1000} s.`);
      }
    }
    latencies.record(performance.now() - written);
  }
  return latencies;
}
