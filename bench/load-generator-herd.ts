import { HttpConnection } from './http-connection.js';
import { LatencyHistogram } from './latency-histogram.js';
import { type HerdLoad, type HerdResult } from './load.js';
import { getRequest, nextRequest } from './load-generator-reads.js';
import { seededRandom } from './random.js';

const PATIENCE_MS = 60_000;

/** Lets all clients loose at once and waits until each has its answers or has failed. */
export async function driveHerd(load: HerdLoad, seed: number): Promise<HerdResult> {
  const random = seededRandom(seed);
  const latencies = new LatencyHistogram();
  const started = performance.now();
  const outcomes = await Promise.all(
    Array.from({ length: load.clients }, async () => {
      const outcome = await oneClient(load, nextRequest(load.second, random).path);
      if (outcome === 'answered') latencies.record(performance.now() - started);
      return outcome;
    }),
  );
  const failures = outcomes.filter((outcome) => outcome !== 'answered');
  return {
    answered: outcomes.length - failures.length,
    failed: failures.length,
    ...(failures[0] === undefined ? {} : { firstError: failures[0] }),
    seconds: (performance.now() - started) / 1000,
    p50: latencies.percentile(0.5),
    p99: latencies.percentile(0.99),
  };
}

/** @returns `answered`, or why not */
function oneClient({ origin, first }: HerdLoad, second: string): Promise<string> {
  return new Promise((resolve) => {
    const ask = (path: string): void => {
      connection.send(getRequest(origin.host, path));
    };
    let answers = 0;
    const end = (outcome: string): void => {
      clearTimeout(patience);
      resolve(outcome);
      connection.close();
    };
    const patience = setTimeout(() => {
      end(`no answer in ${PATIENCE_MS / 1000} s`);
    }, PATIENCE_MS);
    const connection = new HttpConnection(
      origin.host,
      origin.port,
      {
        answered: (status) => {
          answers += 1;
          if (status !== 200) end(`status ${status}`);
          else if (answers === 2) end('answered');
          else ask(second);
        },
        closed: end,
      },
      () => {
        ask(first);
      },
    );
  });
}
