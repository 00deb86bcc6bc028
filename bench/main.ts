import { mkdirSync, writeFileSync } from 'node:fs';
import { type Bench, type Section, attempt } from './bench.js';
import { DropInClient } from './drop-in-client.js';
import { originOf, prepareForeign } from './foreign-server.js';
import { formatBytes } from './format.js';
import { removeLeftovers } from './remove-leftovers.js';
import { LoadGenerator } from './load-generator.js';
import { describeMachine, describeOthers } from './machine.js';
import { measureEndpoints } from './measure-endpoints.js';
import { measureHerd } from './measure-herd.js';
import { measureMixed } from './measure-mixed.js';
import { measureReads } from './measure-reads.js';
import { measureWrites } from './measure-writes.js';
import { HELP, type Options, readOptions } from './options.js';
import { fillOwnDatabase, startOwnDatabase } from './own-database.js';
import { progress } from './progress.js';
import { table } from './report.js';
import { ServerUnderTest } from './server-under-test.js';
import { Yardstick } from './yardstick.js';

const FOLDER = '.bench';
const SERVER_LOG = `${FOLDER}/server.log`;

/** What is to be stopped at the end, however it comes; the last started first. */
const stops: (() => Promise<void>)[] = [];
const interruption = new AbortController();
const INTERRUPTED = 130;

async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0).reverse()) {
    await stop().catch((error: unknown) => {
      progress(String(error));
    });
  }
}

async function run(options: Options): Promise<number> {
  mkdirSync(FOLDER, { recursive: true });
  const own = options.url ? undefined : await startOwnDatabase(FOLDER);
  if (own) stops.push(() => own.stop());
  const loaded = own && (await fillOwnDatabase(own.connection, options.scenarios));
  const started = own && (await ServerUnderTest.start(own.connection, SERVER_LOG));
  if (started) stops.push(() => started.stop());
  await started?.ready();
  const server = started?.origin ?? originOf(options.url);
  const client = new DropInClient(server);
  const scenarios = own ? options.scenarios : await prepareForeign(client, options);
  const yardstick = await Yardstick.start(own?.connection);
  stops.push(() => yardstick.stop());
  const generator = new LoadGenerator();
  stops.push(() => generator.stop());

  const bench: Bench = {
    options: { ...options, scenarios },
    server,
    client,
    generator,
    yardstick,
    database: own?.connection,
    failures: [],
    interrupted: interruption.signal,
  };
  const machine = await describeMachine(own?.connection, FOLDER);
  if (loaded !== undefined) machine.Loaded = loaded;
  console.log(`# Benchmark\n\n${list(machine)}`);

  const memory: [string, number][] = [];
  if (started) memory.push(['started', await started.memory.takePeak()]);
  const sections: Section[] = [];
  for (const [name, measure] of measurements(options)) {
    const section = await attempt(bench, name, () => measure(bench));
    if (section) {
      sections.push(section);
      console.log(`\n## ${section.title}\n\n${section.markdown}`);
    }
    if (started) memory.push([name, await started.memory.takePeak()]);
  }
  machine['Used by others just after'] = await describeOthers();
  console.log(`\nUsed by others just after: ${machine['Used by others just after']}`);
  if (started) console.log(`\n## Memory of the server\n\n${memoryTable(memory)}`);
  if (bench.failures.length > 0) console.log(`\n## Failures\n\n${bullets(bench.failures)}`);
  if (options.json !== undefined) {
    const figures = { machine, options, memory, sections, failures: bench.failures };
    writeFileSync(options.json, `${JSON.stringify(figures, undefined, 2)}\n`);
  }
  client.close();
  if (own && !options.skipWrites) await removeLeftovers(own.connection);
  return bench.failures.length > 0 ? 1 : 0;
}

const measurements = (options: Options): [string, (bench: Bench) => Promise<Section>][] => [
  ['resolve', measureReads],
  ['other endpoints', measureEndpoints],
  ['herd', measureHerd],
  ...(options.skipWrites
    ? []
    : ([
        ['mixed load', measureMixed],
        ['writes', measureWrites],
      ] satisfies [string, (bench: Bench) => Promise<Section>][])),
];

const memoryTable = (memory: readonly [string, number][]): string =>
  table(
    ['during', 'highest resident memory'],
    memory.map(([name, bytes]) => [name, formatBytes(bytes)]),
  );

const list = (facts: Record<string, string>): string =>
  bullets(Object.entries(facts).map(([name, fact]) => `${name}: ${fact}`));

const bullets = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n');

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interruption.abort();
    progress('Stopping …');
    void stopAll().then(() => process.exit(INTERRUPTED));
  });
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options) process.exitCode = await run(options);
  else console.log(HELP);
} catch (error) {
  if (!interruption.signal.aborted) console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await stopAll();
}
