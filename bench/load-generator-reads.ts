import { HttpConnection } from './http-connection.js';
import { LatencyHistogram } from './latency-histogram.js';
import { type ReadLoad, type ReadResult, type Requests, type Sample } from './load.js';
import { type Moment, momentQuery, nextMoment } from './moments.js';
import { type Random, seededRandom } from './random.js';

const RECONNECT_AFTER_MS = 50;
/** One answer in so many is kept for checking, until there are enough. */
const SAMPLE_EVERY = 97;

/** Drives a closed loop and counts what came back after the warm-up. */
export async function driveReads(load: ReadLoad, seed: number): Promise<ReadResult> {
  const run = new ReadRun(load, seededRandom(seed));
  run.start();
  await pause(load.warmUpSeconds);
  const cpu = process.cpuUsage();
  const started = performance.now();
  run.beginCounting();
  await pause(load.seconds);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return run.finish(seconds, (user + system) / 1e6 / seconds);
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

  start(): void {
    for (let client = 0; client < this.#load.connections; client += 1) this.#connect();
  }

  beginCounting(): void {
    this.#latencies = new LatencyHistogram();
    this.#answers = 0;
    this.#bytes = 0;
  }

  /** What was counted so far; requests still in flight are dropped. */
  finish(seconds: number, generatorCpu: number): ReadResult {
    this.#running = false;
    for (const connection of this.#connections) connection.close();
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

  #connect(): void {
    const { origin, requests } = this.#load;
    let sent = 0;
    let moment: Moment | undefined;
    const ask = (): void => {
      const request = nextRequest(requests, this.#random);
      moment = request.moment;
      sent = performance.now();
      connection.send(getRequest(origin.host, request.path), this.#wantsSample());
    };
    const connection = new HttpConnection(
      origin.host,
      origin.port,
      {
        answered: (status, bytes, body) => {
          this.#count(performance.now() - sent, status, bytes, body);
          if (body && moment) this.#samples.push({ moment, body: body.toString() });
          if (this.#running) ask();
        },
        closed: (reason) => {
          this.#connections.delete(connection);
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

const pause = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));
