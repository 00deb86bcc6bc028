import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A script of the benchmark in a process of its own, which answers each message with one. */
export class CompanionProcess {
  readonly #child: ChildProcess;

  /** @param script beside this file */
  constructor(script: string) {
    this.#child = fork(new URL(script, import.meta.url));
  }

  async ask(order: object): Promise<unknown> {
    const answer = this.nextMessage();
    this.#child.send(order);
    return answer;
  }

  /** @throws Error if the process ends instead */
  async nextMessage(): Promise<unknown> {
    const over = new AbortController();
    try {
      const death = once(this.#child, 'exit', { signal: over.signal }).then(() => {
        throw new Error('A process of the benchmark ended unexpectedly.');
      });
      const message = once(this.#child, 'message', { signal: over.signal });
      const [answer] = (await Promise.race([message, death])) as [unknown];
      return answer;
    } finally {
      over.abort();
    }
  }

  async stop(): Promise<void> {
    if (!this.#child.connected) return;
    const exit = once(this.#child, 'exit');
    this.#child.disconnect();
    await exit;
  }
}

/** To be called by the script: it ends when its parent does, not at a Ctrl-C before. */
export function endWithParent(): void {
  process.on('disconnect', () => process.exit());
  process.on('SIGINT', () => undefined);
}

/** To be called by the script. A parent that has just gone needs no answer: that is no error. */
export function answerParent(message: object | string | number): void {
  process.send?.(message, () => undefined);
}
