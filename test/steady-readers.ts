import { type Answer, type HttpClient } from './http-client.js';
import { until } from './until.js';

/** Clients that ask one question after another until they are told to stop. */
export class SteadyReaders {
  /** How many questions were answered with each status. */
  readonly answers = new Map<number, number>();
  private stopped = false;
  private readonly running: Promise<unknown>;

  /** @param path of the nth question */
  constructor(
    private readonly client: HttpClient,
    private readonly path: (n: number) => string,
    readers = 8,
  ) {
    let asked = 0;
    this.running = Promise.all(
      Array.from({ length: readers }, async () => {
        while (!this.stopped) this.count(await this.client.get(this.path(asked++)));
      }),
    );
  }

  /** Waits until so many more were answered. */
  async answered(more: number): Promise<void> {
    const from = this.total;
    await until(() => this.total >= from + more);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private get total(): number {
    return [...this.answers.values()].reduce((sum, count) => sum + count, 0);
  }

  private count({ status }: Answer): void {
    this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
  }
}
