import { CompanionProcess } from './companion-process.js';
import {
  type HerdLoad,
  type HerdResult,
  type LoadOrder,
  type LoadReport,
  type ReadLoad,
  type ReadResult,
  type StreamLoad,
  type StreamResult,
} from './load.js';

/**
 * The clients, in a process of their own. It opens plain sockets and reads no more of an answer than
 * it must: against a socket that answers 34 kB it reached 54,500 requests/s with nine tenths of a
 * core, while autocannon 9 had used up its core at 11,700.
 */
export class LoadGenerator {
  readonly #process = new CompanionProcess('load-generator-process.js');
  readonly #shares: number[] = [];

  async read(load: ReadLoad): Promise<ReadResult> {
    const report = await this.#order({ read: load });
    if (!('read' in report)) throw new Error('The load generator answered something else.');
    this.#shares.push(report.read.generatorCpu);
    return report.read;
  }

  async herd(load: HerdLoad): Promise<HerdResult> {
    const report = await this.#order({ herd: load });
    if ('herd' in report) return report.herd;
    throw new Error('The load generator answered something else.');
  }

  async stream(load: StreamLoad): Promise<StreamResult> {
    const report = await this.#order({ stream: load });
    if ('stream' in report) return report.stream;
    throw new Error('The load generator answered something else.');
  }

  /** How much of one core it took itself while it read, over all loads so far. */
  describeShares(): string {
    const shares = this.#shares.toSorted((a, b) => a - b);
    const percent = (share = 0): string => `${(100 * share).toFixed(0)} %`;
    const median = shares[Math.floor(shares.length / 2)];
    return `${percent(median)} of one core at the median, ${percent(shares.at(-1))} at most`;
  }

  async stop(): Promise<void> {
    await this.#process.stop();
  }

  async #order(order: LoadOrder): Promise<LoadReport> {
    const report = (await this.#process.ask(order)) as LoadReport;
    if ('failed' in report) throw new Error(report.failed);
    return report;
  }
}
