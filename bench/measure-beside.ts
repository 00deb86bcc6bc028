import { type Bench, CONNECTIONS, type Target } from './bench.js';
import { formatRate } from './format.js';
import { type Origin, type ReadLoad, type ReadResult, type Requests } from './load.js';
import { progress } from './progress.js';

/** One kind of request, driven at a server and at the yardsticks one after the other. */
export interface Beside {
  readonly server: ReadResult;
  readonly bare: ReadResult;
  /** Only for resolves, and where the database is ours. */
  readonly pg: ReadResult | undefined;
}

/** What to drive, and what to hold against it. */
export interface Subject {
  readonly label: string;
  readonly requests: Requests;
  /** A typical answer: the bare route sends its bytes. */
  readonly typicalAnswer: string;
  /** Whether every answer must be as long as the typical one. */
  readonly sameLength: boolean;
  readonly samples?: number;
}

/** Drives the yardsticks: the bare route with the same bytes, and for resolves bare + pg. */
export async function measureYardsticks(
  bench: Bench,
  { label, requests, typicalAnswer }: Subject,
): Promise<Omit<Beside, 'server'>> {
  const { yardstick } = bench;
  await yardstick.answerWith(typicalAnswer);
  const bare = await drive(bench, `${label}, bare route`, yardstick.origin, {
    requests: { ...requests, path: '/bare' },
    exactBytes: Buffer.byteLength(typicalAnswer),
  });
  const pg =
    yardstick.asksDatabase && requests.kind === 'moments'
      ? await drive(bench, `${label}, bare + pg`, yardstick.origin, {
          requests: { ...requests, path: '/pg' },
        })
      : undefined;
  return { bare, pg };
}

/** Drives a server. */
export const measureServer = (
  bench: Bench,
  target: Target,
  { label, requests, typicalAnswer, sameLength, samples }: Subject,
): Promise<ReadResult> =>
  drive(bench, target === bench.sqlPath ? `${label}, without timelines` : label, target.origin, {
    requests,
    samples: samples ?? 0,
    ...(sameLength ? { exactBytes: Buffer.byteLength(typicalAnswer) } : {}),
  });

/** Drives one load and notes its errors. */
async function drive(
  bench: Bench,
  label: string,
  origin: Origin,
  load: Pick<ReadLoad, 'requests' | 'exactBytes' | 'samples'>,
): Promise<ReadResult> {
  const { seconds, warmUpSeconds } = bench.options;
  const result = await bench.generator.read({
    ...load,
    origin,
    connections: CONNECTIONS,
    warmUpSeconds,
    seconds,
  });
  progress(`${label}: ${formatRate(result.requestsPerSecond)} requests/s`);
  if (result.errors > 0) {
    bench.failures.push(
      `${label}: ${result.errors} bad answers, the first: ${result.firstError ?? ''}`,
    );
  }
  if (result.requestsPerSecond === 0) bench.failures.push(`${label}: no answer at all.`);
  return result;
}
