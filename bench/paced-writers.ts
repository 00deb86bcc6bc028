import { setTimeout as pause } from 'node:timers/promises';
import { DropInClient } from './drop-in-client.js';
import { LatencyHistogram } from './latency-histogram.js';
import { type Origin } from './load.js';
import { momentQuery, nextMoment } from './moments.js';
import { PayloadWriter } from './payload-writer.js';
import { seededRandom } from './random.js';

export const WRITES_PER_SECOND = 100;
/** Many, for a write may take longer than its share of a second while readers keep a server busy. */
export const WRITERS = 20;
const EACH_EVERY_MS = (1000 * WRITERS) / WRITES_PER_SECOND;

export interface PacedWrites {
  readonly perSecond: number;
  /** Of create + attach together, in ms. */
  readonly p50: number;
  readonly p99: number;
  /** Reads right after a write, by its writer, that did not show it. */
  readonly stale: number;
}

/** Clients that write to one tag, 100 payloads a second if the server can, until they are stopped. */
export class PacedWriters {
  readonly #origin: Origin;
  readonly #tag: string;
  readonly #lists: readonly string[];
  readonly #latencies = new LatencyHistogram();
  readonly #started = performance.now();
  readonly #writers: Promise<PromiseSettledResult<void>[]>;
  #running = true;
  #written = 0;
  #stale = 0;

  /** Starts them. @param lists of the tag, written to in turn */
  constructor(origin: Origin, tag: string, lists: readonly string[]) {
    this.#origin = origin;
    this.#tag = tag;
    this.#lists = lists;
    this.#writers = Promise.allSettled(
      Array.from({ length: WRITERS }, (_, number) => this.#write(number)),
    );
  }

  /** @throws what made a writer give up */
  async stop(): Promise<PacedWrites> {
    this.#running = false;
    const seconds = (performance.now() - this.#started) / 1000;
    const perSecond = this.#written / seconds;
    const failed = (await this.#writers).find((writer) => writer.status === 'rejected');
    if (failed) throw failed.reason;
    return {
      perSecond,
      p50: this.#latencies.percentile(0.5),
      p99: this.#latencies.percentile(0.99),
      stale: this.#stale,
    };
  }

  async #write(number: number): Promise<void> {
    const client = new DropInClient(this.#origin);
    const random = seededRandom(number);
    let due = this.#started + (number * EACH_EVERY_MS) / WRITERS;
    try {
      for (let count = number; this.#running; count += WRITERS) {
        await pause(Math.max(0, due - performance.now()));
        due = Math.max(due + EACH_EVERY_MS, performance.now());
        await this.#writeAndReadBack(client, count, nextMoment('random', random));
      }
    } finally {
      client.close();
    }
  }

  /** One payload of one minor unit: it splits the one that answered there, and detaches none. */
  async #writeAndReadBack(
    client: DropInClient,
    count: number,
    start: { major: number; minor: number },
  ): Promise<void> {
    const list = this.#lists[count % this.#lists.length] ?? '';
    const url = `${this.#tag}_${count}_file.data`;
    const end = { ...start, minor: start.minor + 1 };
    const begun = performance.now();
    await new PayloadWriter(client).insert(list, { url, start, end });
    this.#latencies.record(performance.now() - begun);
    this.#written += 1;
    const answer = await client.text('GET', `/payloadiovs/${momentQuery(this.#tag, start)}`);
    if (!answer.includes(`"${url}"`)) this.#stale += 1;
  }
}
