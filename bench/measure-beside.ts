import { type Bench, CONNECTIONS } from './bench.js';
import { type Origin, type ReadLoad, type ReadResult, type Requests } from './load.js';

/** One kind of request, driven at the server and at the yardsticks one after the other. */
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

export async function measureBeside(bench: Bench, subject: Subject): Promise<Beside> {
  const { requests, typicalAnswer, sameLength, label } = subject;
  const bytes = Buffer.byteLength(typicalAnswer);
  await bench.yardstick.answerWith(typicalAnswer);
  const bare = await drive(bench, `${label}, bare route`, bench.yardstick.origin, {
    requests: { ...requests, path: '/bare' },
    exactBytes: bytes,
  });
  const pg =
    bench.yardstick.asksDatabase && requests.kind === 'moments'
      ? await drive(bench, `${label}, bare + pg`, bench.yardstick.origin, {
          requests: { ...requests, path: '/pg' },
        })
      : undefined;
  const server = await drive(bench, label, bench.server, {
    requests,
    samples: subject.samples ?? 0,
    ...(sameLength ? { exactBytes: bytes } : {}),
  });
  return { server, bare, pg };
}

/** Drives one load and notes its errors. */
export async function drive(
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
  if (result.errors > 0) {
    bench.failures.push(
      `${label}: ${result.errors} bad answers, the first: ${result.firstError ?? ''}`,
    );
  }
  if (result.requestsPerSecond === 0) bench.failures.push(`${label}: no answer at all.`);
  return result;
}
