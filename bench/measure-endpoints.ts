import { type Bench, DISPOSABLE, type Section, attempt } from './bench.js';
import { DROP_IN } from './drop-in-client.js';
import { type Beside, measureBeside } from './measure-beside.js';
import { PayloadWriter } from './payload-writer.js';
import { progress } from './progress.js';
import { BESIDE_HEADERS, besideCells, table } from './report.js';
import { largestOf, smallestOf } from './scenarios.js';

const MANY_TAGS = 200;

type Row = { label: string } & Beside;

/** What clients ask beside the resolve. */
export async function measureEndpoints(bench: Bench): Promise<Section> {
  const largest = largestOf(bench.options.scenarios).tag;
  const writer = new PayloadWriter(bench.client);
  const tags = (await writer.tags()).length;
  const rows: Row[] = [];
  const add = async (label: string, measure: () => Promise<Row>): Promise<void> => {
    const row = await attempt(bench, label, measure);
    if (row) rows.push(row);
  };
  const now = `globalTags (${tags} tags)`;
  await add(now, () => measureOne(bench, 'globalTags', now));
  if (!bench.options.skipWrites) {
    await add(`${MANY_TAGS} tags`, () => withManyTags(bench, writer, tags));
  }
  for (const path of [
    `globalTag/${largest}?light`,
    `gtPayloadLists/${largest}`,
    'gtstatus',
    'pt',
  ]) {
    await add(path, () => measureOne(bench, path));
  }
  return {
    title: 'Other endpoints',
    markdown: table(
      ['GET', ...BESIDE_HEADERS.slice(0, 6)],
      rows.map((row) => [row.label, ...besideCells(row).slice(0, 6)]),
    ),
    figures: rows,
  };
}

async function measureOne(bench: Bench, path: string, label = path): Promise<Row> {
  progress(`${label} …`);
  const typicalAnswer = await bench.client.text('GET', `/${path}`);
  const beside = await measureBeside(bench, {
    label,
    requests: { kind: 'path', path: `${DROP_IN}/${path}` },
    typicalAnswer,
    sameLength: true,
  });
  return { label, ...beside };
}

/** Clones the smallest scenario until there are 200 tags, and removes the clones again. */
async function withManyTags(bench: Bench, writer: PayloadWriter, tags: number): Promise<Row> {
  const smallest = smallestOf(bench.options.scenarios).tag;
  const clones: string[] = [];
  return writer.disposing(clones, async () => {
    for (let number = tags + 1; number <= MANY_TAGS; number += 1) {
      const clone = `${DISPOSABLE}${number}`;
      await writer.clone(smallest, clone);
      clones.push(clone);
    }
    return measureOne(bench, 'globalTags', `globalTags (${MANY_TAGS} tags)`);
  });
}
