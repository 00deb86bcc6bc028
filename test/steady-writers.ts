import { type HttpClient } from './http-client.js';
import { until } from './until.js';

const WRITERS = 4;

/** Clients that insert two payloads at once, all or nothing, again and again, until they are told to stop. */
export class SteadyWriters {
  /** The starts of the insertions that were acknowledged. */
  readonly acknowledged: number[] = [];
  /** How often another status than 200 was answered. */
  readonly refused = new Map<number, number>();
  /** How long the slowest of these took, milliseconds. */
  slowestRefusal = 0;
  private stopped = false;
  private readonly running: Promise<unknown>;

  constructor(
    private readonly dropIn: HttpClient,
    readonly list: string,
  ) {
    let next = 0;
    this.running = Promise.all(
      Array.from({ length: WRITERS }, async () => {
        while (!this.stopped) await this.write(next++);
      }),
    );
  }

  /** Waits until so many more were acknowledged. */
  async written(more: number): Promise<void> {
    const from = this.acknowledged.length;
    await until(() => this.acknowledged.length >= from + more);
  }

  /** Waits until any was refused. */
  async refusal(): Promise<void> {
    await until(() => this.refused.size > 0);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async write(n: number): Promise<void> {
    const rows = [0, 1].map((minor_iov) => ({
      payload_list: this.list,
      payload_url: `${n}.${minor_iov}`,
      major_iov: n,
      minor_iov,
    }));
    const began = performance.now();
    const { status } = await this.dropIn.post('bulk_piov', rows);
    if (status === 200) {
      this.acknowledged.push(n);
      return;
    }
    this.refused.set(status, (this.refused.get(status) ?? 0) + 1);
    this.slowestRefusal = Math.max(this.slowestRefusal, performance.now() - began);
  }
}
