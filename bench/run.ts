import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { type Bench, type Section, type Target, attempt } from './bench.js';
import { DropInClient } from './drop-in-client.js';
import { originOf, prepareForeign } from './foreign-server.js';
import { LoadGenerator } from './load-generator.js';
import { describeLoadAverage, describeMachine, describeOthers } from './machine.js';
import { measureEndpoints } from './measure-endpoints.js';
import { measureHerd } from './measure-herd.js';
import { measureLoading } from './measure-loading.js';
import { measureMixed } from './measure-mixed.js';
import { measureNested } from './measure-nested.js';
import { measurePlan } from './measure-plan.js';
import { measurePropagation } from './measure-propagation.js';
import { measureScaling } from './measure-scaling.js';
import { measureReads } from './measure-reads.js';
import { measureWrites } from './measure-writes.js';
import { type Options, type Part } from './options.js';
import { type AtEnd, OwnServers } from './own-servers.js';
import { removeLeftovers } from './remove-leftovers.js';
import { Report } from './report.js';
import { type ServerUnderTest } from './server-under-test.js';
import { Yardstick } from './yardstick.js';

const FOLDER = '.bench';
const SERVER_LOG = `${FOLDER}/server.log`;

/** The servers that are measured, if they are ours. */
interface Servers {
  readonly server: ServerUnderTest;
  readonly sqlPath: ServerUnderTest;
}

/** Measures what was asked for and prints the report, as far as it got. @returns the exit code */
export async function run(
  options: Options,
  interrupted: AbortSignal,
  atEnd: AtEnd,
): Promise<number> {
  const report = new Report({ 'Load average before the run': describeLoadAverage() });
  mkdirSync(FOLDER, { recursive: true });
  rmSync(SERVER_LOG, { force: true });
  const own = options.url ? undefined : await OwnServers.open(FOLDER, SERVER_LOG, options, atEnd);
  const servers = own && {
    server: await own.start(),
    sqlPath: await own.start({ CDB_TIMELINE_MEMORY_MB: '0' }),
  };
  const target = servers?.server ?? foreignTarget(options, atEnd);
  const yardstick = await Yardstick.start(own?.database);
  atEnd(() => yardstick.stop());
  const generator = new LoadGenerator();
  atEnd(() => generator.stop());
  const scenarios = own ? options.scenarios : await prepareForeign(target.client, options);
  const bench: Bench = {
    options: { ...options, scenarios },
    target,
    sqlPath: servers?.sqlPath,
    generator,
    yardstick,
    own,
    failures: report.failures,
    interrupted,
  };
  report.addFacts({ ...(await describeMachine(own)), ...(own && { Loaded: own.loaded }) });
  try {
    await measureAll(bench, report, servers);
    report.addFacts({
      'Used by others just after': await describeOthers(),
      'The load generator took': generator.describeShares(),
    });
  } finally {
    console.log(report.markdown());
    if (options.json !== undefined) {
      const figures = { options, ...report.figures };
      writeFileSync(options.json, `${JSON.stringify(figures, undefined, 2)}\n`);
    }
  }
  if (own && !options.skipWrites) await removeLeftovers(own.database);
  return report.failures.length > 0 ? 1 : 0;
}

function foreignTarget({ url }: Options, atEnd: AtEnd): Target {
  const origin = originOf(url);
  const client = new DropInClient(origin);
  atEnd(() => {
    client.close();
    return Promise.resolve();
  });
  return { origin, client };
}

async function measureAll(
  bench: Bench,
  report: Report,
  servers: Servers | undefined,
): Promise<void> {
  const { own, sqlPath, target, options } = bench;
  const writes = !options.skipWrites;
  const noteMemory = async (during: string): Promise<void> => {
    if (servers) await report.addMemory(during, servers.server.memory, servers.sqlPath.memory);
  };
  const part = async (
    name: Part,
    measure: () => Promise<Section>,
    label: string = name,
  ): Promise<void> => {
    if (!options.parts.includes(name)) return;
    await report.time(label, async () => {
      const section = await attempt(bench, label, measure);
      if (section) report.addSection(section);
    });
    await noteMemory(label);
  };
  await noteMemory('start');
  if (own) await part('plan', () => measurePlan(bench));
  await part('resolve', () => measureReads(bench));
  await part('herd', () => measureHerd(bench));
  if (writes) await part('mixed', () => measureMixed(bench));
  if (writes && sqlPath) {
    await part('writes', () => measureWrites(bench, sqlPath), 'writes without timelines');
  }
  // It hears of every write, and from here on nobody asks it.
  await servers?.sqlPath.stop();
  await part('endpoints', () => measureEndpoints(bench));
  if (writes) await part('writes', () => measureWrites(bench, target));
  if (writes && own) await part('propagation', () => measurePropagation(bench, own));
  await servers?.server.stop();
  if (own) await part('nested', () => measureNested(bench, own));
  if (own) await part('loading', () => measureLoading(own, options.scenarios));
  if (own) await part('scaling', () => measureScaling(bench));
}
