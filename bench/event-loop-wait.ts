import { setTimeout as pause } from 'node:timers/promises';
import { type Origin } from './load.js';

/** Asks a route that does nothing, again and again, until it is stopped: it waits for the event loop. */
export class EventLoopWait {
  readonly #asking: Promise<void>;
  #running = true;
  #slowest = 0;

  constructor({ host, port }: Origin) {
    this.#asking = this.#ask(`http://${host}:${port}/health/live`);
    // A server that is gone is told of by stop().
    this.#asking.catch(() => undefined);
  }

  /** @returns the slowest answer, in ms @throws what ended the asking before */
  async stop(): Promise<number> {
    this.#running = false;
    await this.#asking;
    return this.#slowest;
  }

  async #ask(url: string): Promise<void> {
    while (this.#running) {
      const asked = performance.now();
      await (await fetch(url)).arrayBuffer();
      this.#slowest = Math.max(this.#slowest, performance.now() - asked);
      await pause(1);
    }
  }
}
