import { type Bench, DISPOSABLE, type Section, type Target, attempt } from './bench.js';
import { measureDiskSync } from './disk-sync.js';
import { DropInClient } from './drop-in-client.js';
import { formatCount, formatMilliseconds } from './format.js';
import { type Goal, atLeast, atMost } from './goals.js';
import { LatencyHistogram } from './latency-histogram.js';
import { table } from './markdown-table.js';
import { nextMoment } from './moments.js';
import { type NewPayload, PayloadWriter } from './payload-writer.js';
import { progress } from './progress.js';
import { seededRandom } from './random.js';
import { type Scenario, iovsOf, largestOf } from './scenarios.js';

const BULK_ROWS = 40_000;
const BULK_LISTS = 10;
const CHUNKS = [2_000, 20_000];

interface Write {
  readonly label: string;
  readonly value: number;
  readonly unit: string;
  readonly p50?: number;
  readonly p99?: number;
}

/** Inserts one after another, bulk, clone and delete; everything is removed again. */
export async function measureWrites(bench: Bench, target: Target): Promise<Section> {
  const writer = new PayloadWriter(target.client);
  const types = Object.keys(await writer.listsOf(bench.options.scenarios[0]?.tag ?? ''));
  const writes: Write[] = bench.own ? [diskSync(bench.own.folder)] : [];
  const goals: Goal[] = [];
  const add = async (label: string, measure: () => Promise<Write[]>): Promise<Write[]> => {
    const measured = (await attempt(bench, label, measure)) ?? [];
    for (const write of measured) progress(`${write.label}: ${formatFigure(write)}`);
    writes.push(...measured);
    return measured;
  };
  const [append] = await add(APPENDS, () => appends(bench, writer, types));
  if (append) goals.push(atLeast(`${APPENDS}, /s`, append.value, 400, formatCount));
  for (const chunk of CHUNKS) {
    const label = `bulk_piov, ${formatCount(chunk)} rows per request`;
    const [rows] = await add(label, () =>
      bulk(bench, writer, types.slice(0, BULK_LISTS), chunk, label),
    );
    if (rows) goals.push(atLeast(`${label}, rows/s`, rows.value, 20_000, formatCount));
  }
  const clonable = bench.options.scenarios.filter(({ tag }) => tag !== 'worst-case');
  if (clonable.length > 0) {
    const largest = largestOf(clonable);
    const [, clone] = await add('clone', () => cloned(bench, writer, largest));
    if (clone && largest.tag === 'heavy-usage') {
      goals.push(atMost(`${clone.label}, s`, clone.value, 8, (value) => value.toFixed(2)));
    }
  }
  const without = target === bench.sqlPath;
  return {
    title: `Writes, one client${without ? ', the server without timelines' : ''}`,
    markdown: table(
      ['', 'figure', 'p50 ms', 'p99 ms'],
      writes.map((write) => [
        write.label,
        formatFigure(write),
        write.p50 === undefined ? '–' : formatMilliseconds(write.p50),
        write.p99 === undefined ? '–' : formatMilliseconds(write.p99),
      ]),
    ),
    figures: writes,
    goals: without ? [] : goals,
  };
}

const APPENDS = 'create + attach, at the end of a list';

const formatFigure = ({ value, unit }: Write): string =>
  `${value < 100 ? value.toFixed(2) : formatCount(value)} ${unit}`;

/** No commit can be quicker, and a create + attach is two. */
function diskSync(folder: string): Write {
  const { p50, p99 } = measureDiskSync(folder);
  return { label: 'the disk itself: 8 kB, fdatasync', value: 1000 / p50, unit: '/s', p50, p99 };
}

/**
 * Open-ended payloads, each later than the last: what an online system writes. Beside it two routes of
 * Fastify with a statement each on the same list, which is the least that two requests cost here.
 */
async function appends(bench: Bench, writer: PayloadWriter, types: string[]): Promise<Write[]> {
  const tag = `${DISPOSABLE}append`;
  return writer.disposing([tag], async () => {
    const [list = ''] = await writer.createTag(tag, types.slice(0, 1));
    const payload = (number: number): NewPayload & { list: string } => ({
      list,
      url: `${tag}_${number}`,
      start: { major: number, minor: 0 },
    });
    const inserted = await insertFor(bench, writer, APPENDS, payload);
    if (!bench.yardstick.asksDatabase) return [inserted];
    const plain = new DropInClient(bench.yardstick.origin, '/pg');
    try {
      const label = 'the same by bare + pg, without any rule';
      return [inserted, await insertFor(bench, new PayloadWriter(plain), label, payload)];
    } finally {
      plain.close();
    }
  });
}

async function bulk(
  bench: Bench,
  writer: PayloadWriter,
  types: readonly string[],
  chunk: number,
  label: string,
): Promise<Write[]> {
  const tag = `${DISPOSABLE}bulk`;
  const random = seededRandom(chunk);
  return writer.disposing([tag], async () => {
    const lists = await writer.createTag(tag, types);
    const rows = Array.from({ length: BULK_ROWS }, (_, number) => ({
      list: lists[number % lists.length] ?? '',
      url: `${tag}_${number}_file.data`,
      start: nextMoment('random', random),
    }));
    progress(`${label} …`);
    const started = performance.now();
    for (let at = 0; at < rows.length; at += chunk) await writer.bulk(rows.slice(at, at + chunk));
    const seconds = secondsSince(started);
    const stored = await writer.countIovs(tag);
    if (stored !== BULK_ROWS) {
      bench.failures.push(`bulk_piov: ${stored} of ${BULK_ROWS} rows are there.`);
    }
    return [{ label, value: BULK_ROWS / seconds, unit: 'rows/s' }];
  });
}

/** Clones a big tag, inserts into the middle of its lists, and deletes it. */
async function cloned(bench: Bench, writer: PayloadWriter, scenario: Scenario): Promise<Write[]> {
  const tag = `${DISPOSABLE}clone`;
  const what = `${scenario.tag} (${formatCount(iovsOf(scenario))} IOVs)`;
  progress(`clone of ${what} …`);
  let deleting = 0;
  const writes = await writer.disposing([tag], async () => {
    const started = performance.now();
    await writer.clone(scenario.tag, tag);
    const clone = { label: `clone of ${what}`, value: secondsSince(started), unit: 's' };
    const stored = await writer.countIovs(tag);
    if (stored !== iovsOf(scenario)) bench.failures.push(`Clone: ${stored} IOVs are there.`);
    const inserts = await insertsIntoLongLists(bench, writer, tag, scenario.iovsPerList);
    progress('delete of the clone …');
    deleting = performance.now();
    return [inserts, clone];
  });
  return [...writes, { label: 'delete of the clone', value: secondsSince(deleting), unit: 's' }];
}

/** Payloads of one minor unit at random moments: each splits the payload that answered there. */
async function insertsIntoLongLists(
  bench: Bench,
  writer: PayloadWriter,
  tag: string,
  length: number,
): Promise<Write> {
  const lists = Object.values(await writer.listsOf(tag));
  const random = seededRandom(length);
  const label = `create + attach, inside lists of ${formatCount(length)}`;
  return insertFor(bench, writer, label, (number) => {
    const start = nextMoment('random', random);
    return {
      list: lists[number % lists.length] ?? '',
      url: `${tag}_${number}`,
      start,
      end: { ...start, minor: start.minor + 1 },
    };
  });
}

async function insertFor(
  bench: Bench,
  writer: PayloadWriter,
  label: string,
  payload: (number: number) => NewPayload & { list: string },
): Promise<Write> {
  progress(`${label} …`);
  const latencies = new LatencyHistogram();
  const started = performance.now();
  let inserted = 0;
  for (; secondsSince(started) < bench.options.seconds; inserted += 1) {
    const { list, ...rest } = payload(inserted);
    const begun = performance.now();
    await writer.insert(list, rest);
    latencies.record(performance.now() - begun);
  }
  return {
    label,
    value: inserted / secondsSince(started),
    unit: '/s',
    p50: latencies.percentile(0.5),
    p99: latencies.percentile(0.99),
  };
}

const secondsSince = (started: number): number => (performance.now() - started) / 1000;
