import { HttpConnection } from './http-connection.js';
import { LatencyHistogram } from './latency-histogram.js';
import { type ReadLoad, type ReadResult, type Requests, type Sample } from './load.js';
import { type Moment, momentQuery, nextMoment } from './moments.js';
import { type Random, seededRandom } from './random.js';

const RECONNECT_AFTER_MS = 50;
/** One answer in so many is kept for checking, until there are enough. */
const SAMPLE_EVERY = 97;
/** Where answers take seconds, the run lasts until there are enough of them to count. */
const ENOUGH_ANSWERS = 50;
const LONGEST_SECONDS = 20;
/** Requests still in flight at the end are waited for, else they would burden what comes next. */
const DRAIN_SECONDS = 60;
const LOOK_EVERY_SECONDS = 0.05;

/** Drives a closed loop and counts what came back after the warm-up. */
export async function driveReads(load: ReadLoad, seed: number): Promise<ReadResult> {
  const run = new ReadRun(load, seededRandom(seed));
  run.start();
  await pause(load.warmUpSeconds);
  const cpu = process.cpuUsage();
  const started = performance.now();
  run.beginCounting();
  await pause(load.seconds);
  while (run.seen < ENOUGH_ANSWERS && secondsSince(started) < LONGEST_SECONDS) {
    await pause(LOOK_EVERY_SECONDS);
  }
  const seconds = secondsSince(started);
  const { user, system } = process.cpuUsage(cpu);
  const result = run.finish(seconds, (user + system) / 1e6 / seconds);
  const ended = performance.now();
  while (run.inFlight > 0 && secondsSince(ended) < DRAIN_SECONDS) await pause(LOOK_EVERY_SECONDS);
  run.close();
  return result;
}

/** The next request's path, and the moment it asks for. */
export function nextRequest(
  requests: Requests,
  random: Random,
): { path: string; moment: Moment | undefined } {
  if (requests.kind === 'path') return { path: requests.path, moment: undefined };
  const moment = nextMoment(requests.pattern, random);
  return { path: requests.path + momentQuery(requests.tag, moment), moment };
}

export const getRequest = (host: string, path: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: application/json\r\n\r\n`;

class ReadRun {
  readonly #load: ReadLoad;
  readonly #random: Random;
  readonly #connections = new Set<HttpConnection>();
  readonly #samples: Sample[] = [];
  #latencies = new LatencyHistogram();
  #inFlight = 0;
  #answers = 0;
  #bytes = 0;
  #errors = 0;
  #firstError: string | undefined;
  #asked = 0;
  #running = true;

  constructor(load: ReadLoad, random: Random) {
    this.#load = load;
    this.#random = random;
  }

  /** Answers and errors so far. */
  get seen(): number {
    return this.#answers + this.#errors;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  start(): void {
    for (let client = 0; client < this.#load.connections; client += 1) this.#connect();
  }

  beginCounting(): void {
    this.#latencies = new LatencyHistogram();
    this.#answers = 0;
    this.#bytes = 0;
  }

  /** Asks no more. @returns what was counted; requests still in flight are not */
  finish(seconds: number, generatorCpu: number): ReadResult {
    this.#running = false;
    return {
      requestsPerSecond: this.#answers / seconds,
      p50: this.#latencies.percentile(0.5),
      p99: this.#latencies.percentile(0.99),
      bytesPerAnswer: this.#answers > 0 ? this.#bytes / this.#answers : 0,
      errors: this.#errors,
      ...(this.#firstError === undefined ? {} : { firstError: this.#firstError }),
      samples: this.#samples,
      generatorCpu,
    };
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  #connect(): void {
    const { origin, requests } = this.#load;
    let sent = 0;
    let asking = false;
    let moment: Moment | undefined;
    const ask = (): void => {
      const request = nextRequest(requests, this.#random);
      moment = request.moment;
      sent = performance.now();
      asking = true;
      this.#inFlight += 1;
      connection.send(getRequest(origin.host, request.path), this.#wantsSample());
    };
    const connection = new HttpConnection(
      origin.host,
      origin.port,
      {
        answered: (status, bytes, body) => {
          asking = false;
          this.#inFlight -= 1;
          this.#count(performance.now() - sent, status, bytes, body);
          if (body && moment) this.#samples.push({ moment, body: body.toString() });
          if (this.#running) ask();
        },
        closed: (reason) => {
          this.#connections.delete(connection);
          if (asking) this.#inFlight -= 1;
          if (!this.#running) return;
          this.#failed(reason);
          setTimeout(() => {
            if (this.#running) this.#connect();
          }, RECONNECT_AFTER_MS);
        },
      },
      ask,
    );
    this.#connections.add(connection);
  }

  #wantsSample(): boolean {
    this.#asked += 1;
    return this.#asked % SAMPLE_EVERY === 0 && this.#samples.length < (this.#load.samples ?? 0);
  }

  #count(latency: number, status: number, bytes: number, body: Buffer | undefined): void {
    if (!this.#running) return;
    const { exactBytes } = this.#load;
    if (status !== 200) {
      this.#failed(`status ${status}${body ? `: ${body.toString().slice(0, 200)}` : ''}`);
    } else if (exactBytes !== undefined && bytes !== exactBytes) {
      this.#failed(`${bytes} bytes instead of ${exactBytes}`);
    } else {
      this.#answers += 1;
      this.#bytes += bytes;
      this.#latencies.record(latency);
    }
  }

  #failed(reason: string): void {
    this.#errors += 1;
    this.#firstError ??= reason;
  }
}

const secondsSince = (started: number): number => (performance.now() - started) / 1000;

const pause = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));
