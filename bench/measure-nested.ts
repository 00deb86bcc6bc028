import { setTimeout as pause } from 'node:timers/promises';
import { type Bench, type Own, type Section } from './bench.js';
import { DROP_IN } from './drop-in-client.js';
import { EventLoopWait } from './event-loop-wait.js';
import { formatBytes, formatCount, formatMilliseconds } from './format.js';
import { atMost } from './goals.js';
import { type StreamResult } from './load.js';
import { table } from './markdown-table.js';
import { progress } from './progress.js';
import { type Scenario, iovsOf, largestOf } from './scenarios.js';
import { type ServerUnderTest } from './server-under-test.js';

const AT_REST_MS = 1_000;
const MEMORY_AIM = 250e6;

interface Nested extends StreamResult {
  readonly encoding: string;
  /** The highest resident memory of the server meanwhile, and what it was before. */
  readonly peakBytes: number;
  readonly bytesBefore: number;
  /** The slowest answer of a route that does nothing, in ms: before, and meanwhile. */
  readonly slowestAtRest: number;
  readonly slowestMeanwhile: number;
}

/** `globalTag/<name>` with every payload nested: what the server needs to send it. */
export async function measureNested(bench: Bench, own: Own): Promise<Section> {
  const scenario = largestOf(bench.options.scenarios);
  const read: Nested[] = [];
  for (const gzip of [false, true]) {
    read.push(await own.withServer((server) => readNested(bench, server, scenario, gzip)));
  }
  const whole = read.every(({ found }) => found === iovsOf(scenario));
  if (!whole) bench.failures.push(`globalTag/${scenario.tag}: payloads are missing.`);
  return {
    title: `The nested view: GET globalTag/${scenario.tag}`,
    markdown: `${table(HEADERS, read.map(cells))}\n\nOne client that reads as fast as it comes, each time from a server that has just started. Memory: the highest resident memory of the server meanwhile, and before. Longest wait: the slowest answer of \`/health/live\`, asked without pause by one client; it waits for the event loop.`,
    figures: read,
    goals: read.map(({ encoding, peakBytes }) =>
      atMost(
        `memory while the nested view is sent, ${encoding}`,
        peakBytes,
        MEMORY_AIM,
        formatBytes,
      ),
    ),
  };
}

async function readNested(
  { generator }: Bench,
  server: ServerUnderTest,
  { tag }: Scenario,
  gzip: boolean,
): Promise<Nested> {
  const encoding = gzip ? 'gzip' : 'identity';
  progress(`globalTag/${tag}, ${encoding} …`);
  const atRest = new EventLoopWait(server.origin);
  await pause(AT_REST_MS);
  const slowestAtRest = await atRest.stop();
  await server.memory.takePeak();
  const bytesBefore = await server.memory.now();
  const waiting = new EventLoopWait(server.origin);
  const result = await generator
    .stream({
      origin: server.origin,
      path: `${DROP_IN}/globalTag/${tag}`,
      gzip,
      needle: '"payload_url"',
    })
    .finally(() => waiting.stop().catch(() => undefined));
  return {
    ...result,
    encoding,
    bytesBefore,
    peakBytes: await server.memory.takePeak(),
    slowestAtRest,
    slowestMeanwhile: await waiting.stop(),
  };
}

const HEADERS = [
  'encoding',
  'IOVs',
  'bytes',
  's',
  'IOVs/s',
  'bytes/s',
  'first byte, ms',
  'memory',
  'before',
  'longest wait, ms',
  'at rest, ms',
];

const cells = (nested: Nested): string[] => [
  nested.encoding,
  formatCount(nested.found),
  formatBytes(nested.bytes),
  nested.seconds.toFixed(1),
  formatCount(nested.found / nested.seconds),
  formatBytes(nested.bytes / nested.seconds),
  formatMilliseconds(nested.firstByteMs),
  formatBytes(nested.peakBytes),
  formatBytes(nested.bytesBefore),
  formatMilliseconds(nested.slowestMeanwhile),
  formatMilliseconds(nested.slowestAtRest),
];
