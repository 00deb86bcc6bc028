import { type DatabaseConnection } from '#database';
import { type Bench, CONNECTIONS, type Section } from './bench.js';
import { cpuSeconds } from './cpu-time.js';
import { DROP_IN } from './drop-in-client.js';
import { formatMilliseconds, formatRate } from './format.js';
import { LoadGenerator } from './load-generator.js';
import { table } from './markdown-table.js';
import { progress } from './progress.js';
import { type DatabaseServer, ReplicatedDatabase } from './replicated-database.js';
import { scenarioOf } from './scenarios.js';
import { ServerUnderTest } from './server-under-test.js';
import { untilHeld } from './until-held.js';

const SCENARIO = scenarioOf('production');
const REPLICAS = 2;
const LOG = '.bench/server.log';

/** What answers, and from where. */
interface Setup {
  readonly processes: number;
  readonly replicas: number;
  readonly fromMemory: boolean;
}

interface Row extends Setup {
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly errors: number;
  /** Processor time for each answer, microseconds. */
  readonly apiUs: number;
  readonly primaryUs: number;
  readonly replicasUs: number;
}

/** One API process and two, without replicas and with two, answering from memory and by SQL. */
export async function measureScaling(bench: Bench): Promise<Section> {
  progress('scaling: making a primary and two replicas …');
  const database = await ReplicatedDatabase.start(SCENARIO, REPLICAS);
  const rows: Row[] = [];
  try {
    for (const fromMemory of [true, false]) {
      for (const replicas of [0, REPLICAS]) {
        for (const processes of [1, 2]) {
          const setup = { processes, replicas, fromMemory };
          rows.push(await measure(bench, database.servers, setup));
        }
      }
    }
  } finally {
    await database.stop();
  }
  return {
    title: 'API processes and replicas',
    markdown: `${table(HEADERS, rows.map(cells))}\n\n\`payloadiovs/\` of ${SCENARIO.tag}, ${CONNECTIONS} clients altogether. All servers, PostgreSQL and the clients share the machine: once its cores are used up, more of them cannot answer more. What it takes of a processor to answer is told by Linux (\`/proc\`) for each process and those it started.`,
    figures: rows,
  };
}

async function measure(
  { options: { seconds, warmUpSeconds }, failures }: Bench,
  [primary, ...standbys]: readonly DatabaseServer[],
  setup: Setup,
): Promise<Row> {
  if (primary === undefined) throw new Error('There is no primary.');
  const replicas = standbys.slice(0, setup.replicas);
  const settings = {
    CDB_REPLICA_URLS: replicas.map(({ connection }) => urlOf(connection)).join(','),
    ...(setup.fromMemory ? {} : { CDB_TIMELINE_MEMORY_MB: '0' }),
  };
  const apis: ServerUnderTest[] = [];
  const generators: LoadGenerator[] = [];
  try {
    for (let i = 0; i < setup.processes; i++) {
      const api = await ServerUnderTest.start(primary.connection, LOG, settings);
      apis.push(api);
      generators.push(new LoadGenerator());
      await api.ready();
      if (setup.fromMemory) await untilHeld(api, SCENARIO.tag);
    }
    const groups = [apis.map(({ pid }) => pid), [primary.pid], replicas.map(({ pid }) => pid)];
    const drive = async (warmUp: number, counted: number) =>
      Promise.all(
        apis.map(({ origin }, i) =>
          generatorAt(generators, i).read({
            origin,
            requests: {
              kind: 'moments',
              path: `${DROP_IN}/payloadiovs/`,
              tag: SCENARIO.tag,
              pattern: 'production',
            },
            connections: CONNECTIONS / setup.processes,
            warmUpSeconds: warmUp,
            seconds: counted,
          }),
        ),
      );
    await drive(warmUpSeconds, seconds / 4);
    const before = groups.map(cpuSeconds);
    const results = await drive(0, seconds);
    const used = groups.map((group, i) => cpuSeconds(group) - (before[i] ?? 0));
    const answers = results.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0);
    const [apiUs = 0, primaryUs = 0, replicasUs = 0] = used.map(
      (each) => (each * 1e6) / (answers * seconds),
    );
    const errors = results.reduce((sum, result) => sum + result.errors, 0);
    if (errors > 0) failures.push(`Scaling: ${errors} requests failed.`);
    const p50 = Math.max(...results.map((result) => result.p50));
    const p99 = Math.max(...results.map((result) => result.p99));
    const row = { ...setup, requestsPerSecond: answers, p50, p99, errors };
    progress(`scaling: ${cells({ ...row, apiUs, primaryUs, replicasUs }).join(', ')}`);
    return { ...row, apiUs, primaryUs, replicasUs };
  } finally {
    await Promise.all([...apis, ...generators].map((each) => each.stop()));
  }
}

function generatorAt(generators: readonly LoadGenerator[], i: number): LoadGenerator {
  const generator = generators[i];
  if (generator === undefined) throw new Error('Each process has a generator.');
  return generator;
}

function urlOf({ user, password, host, port, database }: DatabaseConnection): string {
  return `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
}

const HEADERS = [
  'API processes',
  'replicas',
  'answers from',
  'requests/s',
  'p50 ms',
  'p99 ms',
  'API µs',
  'primary µs',
  'replicas µs',
];

const cells = (row: Row): string[] => [
  String(row.processes),
  String(row.replicas),
  row.fromMemory ? 'memory' : 'SQL',
  formatRate(row.requestsPerSecond),
  formatMilliseconds(row.p50),
  formatMilliseconds(row.p99),
  row.apiUs.toFixed(0),
  row.primaryUs.toFixed(0),
  row.replicasUs.toFixed(0),
];
