import { Problem } from '#problems';

/** How long a writer waits for its turn, milliseconds. */
const PATIENCE_MS = 30_000;

/**
 * So many writers at once, the others one after another as they came: writers that wait in the
 * database for each other leave connections to those who read.
 */
export class WriterTurns {
  private running = 0;
  private readonly waiting = new Set<() => void>();

  /** @param atOnce ≥ 1 */
  constructor(private readonly atOnce: number) {}

  get waitingCount(): number {
    return this.waiting.size;
  }

  /** @throws Problem database-unavailable if it is not its turn in time, and what `write` throws */
  async take<T>(write: () => Promise<T>): Promise<T> {
    if (this.running >= this.atOnce) await this.turn();
    else this.running++;
    try {
      return await write();
    } finally {
      this.pass();
    }
  }

  private turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        clearTimeout(patience);
        resolve();
      };
      const patience = setTimeout(() => {
        this.waiting.delete(begin);
        reject(
          new Problem(
            'database-unavailable',
            'Others are writing, and it was not the turn of this request in time. Try again in a few seconds.',
          ),
        );
      }, PATIENCE_MS);
      this.waiting.add(begin);
    });
  }

  /** Whoever has waited longest takes the place. */
  private pass(): void {
    const [next] = this.waiting;
    if (next === undefined) {
      this.running--;
      return;
    }
    this.waiting.delete(next);
    next();
  }
}
