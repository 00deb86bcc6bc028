import { type Bench, DISPOSABLE, type Section, type Target } from './bench.js';
import { ratio, readCells } from './beside-cells.js';
import { cloneSource } from './clone-source.js';
import { DROP_IN } from './drop-in-client.js';
import { formatCount, formatMilliseconds, formatRate, formatRatio } from './format.js';
import { type Goal, atLeast, atMost } from './goals.js';
import { type ReadResult, type Sample } from './load.js';
import { table } from './markdown-table.js';
import { type Subject, measureServer, measureYardsticks } from './measure-beside.js';
import { type Moment, momentQuery, nextMoment } from './moments.js';
import { PacedWriters, type PacedWrites, WRITERS, WRITES_PER_SECOND } from './paced-writers.js';
import { PayloadWriter } from './payload-writer.js';
import { progress } from './progress.js';
import { seededRandom } from './random.js';
import { wrongAnswers, wrongUrls } from './truth.js';
import { untilHeld } from './until-held.js';

const CHECKED = 200;

interface Mixed {
  readonly alone: ReadResult;
  readonly mixed: ReadResult;
  readonly bare: ReadResult;
  readonly writes: PacedWrites;
  /** Wrong answers to readers, and reads by writers that missed their write. */
  readonly wrong: number;
}

/** Readers of one tag while others write to it, each write read back at once. */
export async function measureMixed(bench: Bench): Promise<Section> {
  const source = cloneSource(bench);
  const server = await measureOn(bench, bench.target, source.tag);
  const sqlPath = bench.sqlPath && (await measureOn(bench, bench.sqlPath, source.tag));
  return {
    title: `Readers of one tag (a clone of ${source.tag}) and ${WRITES_PER_SECOND} writes/s to it`,
    markdown: `${table(HEADERS, [
      ...rows(sqlPath ? 'with timelines' : 'the server', server),
      ...(sqlPath ? rows('without timelines', sqlPath) : []),
    ])}\n\n${explanation(bench)}`,
    figures: { server, sqlPath },
    goals: goals(server, sqlPath),
  };
}

async function measureOn(bench: Bench, target: Target, source: string): Promise<Mixed> {
  const writer = new PayloadWriter(target.client);
  const tag = `${DISPOSABLE}mixed`;
  return writer.disposing([tag], async () => {
    await writer.clone(source, tag);
    if (target !== bench.sqlPath) await untilHeld(target, tag);
    const subject: Subject = {
      label: 'mixed load, readers alone',
      requests: { kind: 'moments', path: `${DROP_IN}/payloadiovs/`, tag, pattern: 'random' },
      typicalAnswer: await target.client.text(
        'GET',
        answerPath(tag, nextMoment('last', Math.random)),
      ),
      sameLength: false,
      samples: bench.own ? CHECKED : 0,
    };
    const { bare } = await measureYardsticks(bench, { ...subject, requests: BARE });
    const alone = await measureServer(bench, target, subject);
    const lists = Object.values(await writer.listsOf(tag));
    const writers = new PacedWriters(target.origin, tag, lists);
    let mixed: ReadResult;
    let writes: PacedWrites;
    try {
      mixed = await measureServer(bench, target, { ...subject, label: 'mixed load, with writes' });
    } finally {
      writes = await writers.stop();
    }
    progress(`mixed load: ${formatRate(writes.perSecond)} writes/s`);
    const wrong = await wrongOf(bench, target, tag, mixed.samples);
    if (writes.stale > 0) bench.failures.push(`Mixed: ${writes.stale} reads missed a write.`);
    return {
      alone: { ...alone, samples: [] },
      mixed: { ...mixed, samples: [] },
      bare,
      writes,
      wrong: wrong + writes.stale,
    };
  });
}

const BARE = { kind: 'path', path: '/bare' } as const;

/**
 * Compares what readers were answered under load, of which only the payload is known at any time,
 * and what they are answered now, of which everything is known.
 */
async function wrongOf(
  { own, failures }: Bench,
  { client }: Target,
  tag: string,
  underLoad: readonly Sample[],
): Promise<number> {
  if (!own) return 0;
  const random = seededRandom(CHECKED);
  const now: Sample[] = [];
  for (let asked = 0; asked < CHECKED; asked += 1) {
    const moment = nextMoment('random', random);
    now.push({ moment, body: await client.text('GET', answerPath(tag, moment)) });
  }
  const wrong = [
    ...(await wrongUrls(own.database, tag, underLoad)),
    ...(await wrongAnswers(own.database, tag, now)),
  ];
  if (wrong[0] !== undefined) failures.push(`Mixed: ${wrong.length} wrong answers; ${wrong[0]}`);
  return wrong.length;
}

const answerPath = (tag: string, moment: Moment): string =>
  `/payloadiovs/${momentQuery(tag, moment)}`;

const HEADERS = [
  '',
  'requests/s',
  'p50 ms',
  'p99 ms',
  'errors',
  'bare/s',
  'of bare',
  'writes/s',
  'p50 ms',
  'p99 ms',
  'wrong',
];

const rows = (label: string, { alone, mixed, bare, writes, wrong }: Mixed): string[][] => [
  [`${label}, readers alone`, ...readCells(alone), ...besideBare(alone, bare), '–', '–', '–', '–'],
  [
    `${label}, with writes`,
    ...readCells(mixed),
    ...besideBare(mixed, bare),
    formatRate(writes.perSecond),
    formatMilliseconds(writes.p50),
    formatMilliseconds(writes.p99),
    formatCount(wrong),
  ],
];

const besideBare = (result: ReadResult, bare: ReadResult): string[] => [
  formatRate(bare.requestsPerSecond),
  formatRatio(ratio(result, bare)),
];

const explanation = (bench: Bench): string =>
  `${WRITERS} clients write (create + attach; the times are of both together), and each reads back at once what it wrote. Wrong: such reads that missed the write${
    bench.own
      ? `, wrong ones among up to ${CHECKED} answers picked under load, and among ${CHECKED} asked afterwards`
      : ''
  }.`;

function goals(server: Mixed, sqlPath: Mixed | undefined): Goal[] {
  const wrong = server.wrong + (sqlPath?.wrong ?? 0);
  return [
    ...(sqlPath
      ? [
          atLeast(
            'reads under writes, requests/s, of those without timelines',
            ratio(server.mixed, sqlPath.mixed),
            1,
            formatRatio,
          ),
        ]
      : []),
    atMost('wrong answers under writes', wrong, 0, formatCount),
  ];
}
