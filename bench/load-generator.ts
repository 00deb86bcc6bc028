import { CompanionProcess } from './companion-process.js';
import {
  type HerdLoad,
  type HerdResult,
  type LoadOrder,
  type LoadReport,
  type ReadLoad,
  type ReadResult,
} from './load.js';

/**
 * The clients, in a process of their own. It opens plain sockets and reads no more of an answer than
 * it must: against a socket that answers 34 kB it reached 54,500 requests/s with nine tenths of a
 * core, while autocannon 9 had used up its core at 11,700.
 */
export class LoadGenerator {
  readonly #process = new CompanionProcess('load-generator-process.js');

  async read(load: ReadLoad): Promise<ReadResult> {
    const report = await this.#order({ read: load });
    if ('read' in report) return report.read;
    throw new Error('The load generator answered something else.');
  }

  async herd(load: HerdLoad): Promise<HerdResult> {
    const report = await this.#order({ herd: load });
    if ('herd' in report) return report.herd;
    throw new Error('The load generator answered something else.');
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
