import { type ClientConfig } from 'pg';
import { CompanionProcess } from './companion-process.js';
import { type Origin } from './load.js';

/** What the yardstick's process is told. */
export interface YardstickOrder {
  readonly prebuilt?: string;
  readonly database?: ClientConfig;
}

/**
 * What the tools alone can do, measured in the same run: Fastify answering one prebuilt buffer
 * (`/bare`), and Fastify sending on the JSON text that one prepared statement of PostgreSQL writes
 * (`/pg`, a pool of 8 connections); and one plain statement for each of the two requests that insert
 * a payload (`/pg/piov`, `/pg/piov_attach`), without any rule.
 */
export class Yardstick {
  readonly #process: CompanionProcess;
  readonly origin: Origin;
  /** Whether `/pg` is there. */
  readonly asksDatabase: boolean;

  private constructor(process: CompanionProcess, port: number, asksDatabase: boolean) {
    this.#process = process;
    this.origin = { host: '127.0.0.1', port };
    this.asksDatabase = asksDatabase;
  }

  /** @param database where `/pg` asks; without it only `/bare` is there */
  static async start(database?: ClientConfig): Promise<Yardstick> {
    const process = new CompanionProcess('yardstick-process.js');
    const port = (await process.nextMessage()) as number;
    if (database) await process.ask({ database } satisfies YardstickOrder);
    return new Yardstick(process, port, database !== undefined);
  }

  /** What `/bare` answers from now on. */
  async answerWith(body: string): Promise<void> {
    await this.#process.ask({ prebuilt: body } satisfies YardstickOrder);
  }

  async stop(): Promise<void> {
    await this.#process.stop();
  }
}
