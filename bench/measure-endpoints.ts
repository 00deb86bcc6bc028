import { type Bench, DISPOSABLE, type Section, attempt } from './bench.js';
import { BESIDE_BARE_HEADERS, besideBareCells } from './beside-cells.js';
import { DROP_IN } from './drop-in-client.js';
import { formatMilliseconds, formatRate } from './format.js';
import { type Goal, atLeast, atMost } from './goals.js';
import { LatencyHistogram } from './latency-histogram.js';
import { table } from './markdown-table.js';
import { type Beside, measureServer, measureYardsticks } from './measure-beside.js';
import { nextMoment } from './moments.js';
import { PayloadWriter } from './payload-writer.js';
import { progress } from './progress.js';
import { seededRandom } from './random.js';
import { largestOf } from './scenarios.js';

const MANY_TAGS = 200;
const CHANGES = 50;

type Row = { label: string } & Beside;

/** What clients ask beside the resolve. */
export async function measureEndpoints(bench: Bench): Promise<Section> {
  const largest = largestOf(bench.options.scenarios).tag;
  const writer = new PayloadWriter(bench.target.client);
  const tags = (await writer.tags()).length;
  const [type = ''] = Object.keys(await writer.listsOf(largest));
  const rows: Row[] = [];
  const add = async (label: string, path: string): Promise<void> => {
    const row = await attempt(bench, label, () => measureOne(bench, path, label));
    if (row) rows.push(row);
  };
  await add(`globalTags (${tags} tags)`, 'globalTags');
  let afterChange: LatencyHistogram | undefined;
  if (!bench.options.skipWrites) {
    await attempt(bench, `${MANY_TAGS} tags`, () =>
      withManyTags(writer, tags, type, async (changing) => {
        await add(`globalTags (${MANY_TAGS} tags)`, 'globalTags');
        afterChange = await firstAnswersAfterChange(bench, writer, changing);
      }),
    );
  }
  for (const path of [
    `globalTag/${largest}?light`,
    `gtPayloadLists/${largest}`,
    'gtstatus',
    'pt',
    ...(bench.own ? ['user_settings/CDB_PAYLOAD_BASE_URL'] : []),
  ]) {
    await add(path, path);
  }
  return {
    title: 'Other endpoints',
    markdown: `${table(
      ['GET', ...BESIDE_BARE_HEADERS],
      rows.map((row) => [row.label, ...besideBareCells(row)]),
    )}${afterChange ? `\n\n${sentence(afterChange)}` : ''}`,
    figures: { rows, afterChange: afterChange && percentiles(afterChange) },
    goals: [
      ...rows.map(({ label, server }) =>
        atLeast(`${label}, requests/s`, server.requestsPerSecond, 5_000, formatRate),
      ),
      ...(afterChange ? [afterChangeGoal(afterChange)] : []),
    ],
  };
}

async function measureOne(bench: Bench, path: string, label: string): Promise<Row> {
  const subject = {
    label,
    requests: { kind: 'path', path: `${DROP_IN}/${path}` },
    typicalAnswer: await bench.target.client.text('GET', `/${path}`),
    sameLength: true,
  } as const;
  return {
    label,
    ...(await measureYardsticks(bench, subject)),
    server: await measureServer(bench, bench.target, subject),
  };
}

/** Makes tags until there are 200, one of them with a list of one type, and removes them again. */
async function withManyTags(
  writer: PayloadWriter,
  tags: number,
  type: string,
  use: (tagWithList: string) => Promise<void>,
): Promise<void> {
  const made: string[] = [];
  progress(`making tags until there are ${MANY_TAGS} …`);
  await writer.disposing(made, async () => {
    for (let number = tags + 1; number <= MANY_TAGS; number += 1) {
      const tag = `${DISPOSABLE}${number}`;
      await writer.createTag(tag, made.length === 0 ? [type] : []);
      made.push(tag);
    }
    await use(made[0] ?? '');
  });
}

/** How long `globalTags` takes when it is asked for the first time after a payload was added. */
async function firstAnswersAfterChange(
  { target }: Bench,
  writer: PayloadWriter,
  tag: string,
): Promise<LatencyHistogram> {
  const [list = ''] = Object.values(await writer.listsOf(tag));
  const random = seededRandom(CHANGES);
  const latencies = new LatencyHistogram();
  for (let change = 0; change < CHANGES; change += 1) {
    const start = nextMoment('random', random);
    const end = { ...start, minor: start.minor + 1 };
    await writer.insert(list, { url: `${tag}_${change}`, start, end });
    const asked = performance.now();
    await target.client.text('GET', '/globalTags');
    latencies.record(performance.now() - asked);
  }
  return latencies;
}

const percentiles = (latencies: LatencyHistogram): { p50: number; most: number } => ({
  p50: latencies.percentile(0.5),
  most: latencies.percentile(1),
});

function sentence(latencies: LatencyHistogram): string {
  const { p50, most } = percentiles(latencies);
  return `The first globalTags (${MANY_TAGS} tags) after a payload was added, ${CHANGES} times, one client: ${formatMilliseconds(p50)} ms at the median, ${formatMilliseconds(most)} ms at most.`;
}

const afterChangeGoal = (latencies: LatencyHistogram): Goal =>
  atMost(
    'globalTags, first answer after a change, ms',
    latencies.percentile(1),
    50,
    formatMilliseconds,
  );
