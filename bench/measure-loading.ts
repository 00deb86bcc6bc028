import { setTimeout as pause } from 'node:timers/promises';
import { type Own, type Section } from './bench.js';
import { EventLoopWait } from './event-loop-wait.js';
import { formatBytes, formatCount, formatMilliseconds } from './format.js';
import { table } from './markdown-table.js';
import { type Scenario, iovsOf } from './scenarios.js';
import { type ServerUnderTest } from './server-under-test.js';
import { untilHeld } from './until-held.js';

/** Tags below are loaded before one has looked. */
const WORTH_WATCHING = 20_000;
const AT_REST_MS = 1_000;

interface Loading {
  readonly tag: string;
  readonly iovs: number;
  readonly seconds: number;
  /** The resident memory of the server more than before, when it was over. */
  readonly bytes: number;
  /** And at its highest. */
  readonly peakBytes: number;
  /** The slowest answer of a route that does nothing, in ms: before the load, and during it. */
  readonly slowestAtRest: number;
  readonly slowestWhileLoading: number;
}

/** The loading of timelines, each by a server that has just started. */
export async function measureLoading(own: Own, scenarios: readonly Scenario[]): Promise<Section> {
  const loadings: Loading[] = [];
  for (const scenario of scenarios.filter((each) => iovsOf(each) >= WORTH_WATCHING)) {
    const loading = await own.withServer((server) => load(server, scenario));
    if (loading) loadings.push(loading);
  }
  return {
    title: 'Loading of timelines',
    markdown: `${table(HEADERS, loadings.map(cells))}\n\nEach on a server that has just started, from the first question for the tag to the first answer from memory. Memory: resident, more than before. Longest wait: the slowest answer of \`/health/live\`, asked without pause by one client; it waits for the event loop.`,
    figures: loadings,
  };
}

async function load(server: ServerUnderTest, scenario: Scenario): Promise<Loading | undefined> {
  const atRest = new EventLoopWait(server.origin);
  await pause(AT_REST_MS);
  const slowestAtRest = await atRest.stop();
  await server.memory.takePeak();
  const before = await server.memory.now();
  const whileLoading = new EventLoopWait(server.origin);
  const seconds = await untilHeld(server, scenario.tag).catch(async (error: unknown) => {
    await whileLoading.stop();
    throw error;
  });
  const slowestWhileLoading = await whileLoading.stop();
  if (seconds === undefined) return undefined;
  await pause(AT_REST_MS);
  return {
    tag: scenario.tag,
    iovs: iovsOf(scenario),
    seconds,
    bytes: (await server.memory.now()) - before,
    peakBytes: (await server.memory.takePeak()) - before,
    slowestAtRest,
    slowestWhileLoading,
  };
}

const HEADERS = [
  'scenario',
  'IOVs',
  's',
  'memory',
  'memory per million IOVs',
  'highest while loading',
  'longest wait, ms',
  'at rest, ms',
];

const cells = (loading: Loading): string[] => [
  loading.tag,
  formatCount(loading.iovs),
  loading.seconds.toFixed(2),
  formatBytes(loading.bytes),
  formatBytes((1e6 * loading.bytes) / loading.iovs),
  formatBytes(loading.peakBytes),
  formatMilliseconds(loading.slowestWhileLoading),
  formatMilliseconds(loading.slowestAtRest),
];
