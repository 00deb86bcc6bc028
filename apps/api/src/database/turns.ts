import { type Problem } from '#problems';

export interface TurnOptions {
  /** ≥ 1 */
  readonly atOnce: number;
  /** How long one waits for its turn, milliseconds. */
  readonly patienceMs: number;
  /** What one is told whose turn does not come in time. */
  readonly refusal: () => Problem;
}

/** So many at once, the others one after another as they came. */
export class Turns {
  private running = 0;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly options: TurnOptions) {}

  get waitingCount(): number {
    return this.waiting.size;
  }

  /** @throws the refusal if it is not its turn in time, and what `work` throws */
  async take<T>(work: () => Promise<T>): Promise<T> {
    await this.begin();
    try {
      return await work();
    } finally {
      this.pass();
    }
  }

  /** The same for what is made piece by piece. */
  async *generate<T>(work: () => AsyncGenerator<T>): AsyncGenerator<T> {
    await this.begin();
    try {
      yield* work();
    } finally {
      this.pass();
    }
  }

  private async begin(): Promise<void> {
    if (this.running >= this.options.atOnce) await this.turn();
    else this.running++;
  }

  private turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        clearTimeout(patience);
        resolve();
      };
      const patience = setTimeout(() => {
        this.waiting.delete(begin);
        reject(this.options.refusal());
      }, this.options.patienceMs);
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
