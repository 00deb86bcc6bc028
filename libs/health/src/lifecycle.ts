import { Injectable } from '@nestjs/common';

/** Whether the service still takes work. */
@Injectable()
export class Lifecycle {
  #stopping = false;

  get stopping(): boolean {
    return this.#stopping;
  }

  /** From now on readiness fails, so that nobody sends new work. */
  stop(): void {
    this.#stopping = true;
  }
}
