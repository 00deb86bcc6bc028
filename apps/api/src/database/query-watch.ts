import { Histogram, SECONDS, type Tracing } from '#observability';

/** A statement that has taken long; its values are nobody's business. */
export interface SlowQuery {
  readonly query: string;
  readonly duration_ms: number;
}

/** How long the statements of requests take, by name. */
export class QueryWatch {
  /** Seconds. */
  readonly durations = new Map<string, Histogram>();
  readonly errors = new Map<string, number>();

  /**
   * @param slowMs from how many milliseconds on a statement is told to `tell`; 0: none is
   */
  constructor(
    private readonly slowMs: number,
    private readonly tell: (slow: SlowQuery) => void,
    private readonly tracing?: Tracing,
  ) {}

  async run<T>(query: string, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await (this.tracing === undefined ? work() : this.tracing.query(query, work));
    } catch (error) {
      this.errors.set(query, (this.errors.get(query) ?? 0) + 1);
      throw error;
    } finally {
      this.count(query, performance.now() - began);
    }
  }

  private count(query: string, ms: number): void {
    let durations = this.durations.get(query);
    if (durations === undefined) {
      durations = new Histogram(SECONDS);
      this.durations.set(query, durations);
    }
    durations.observe(ms / 1000);
    if (this.slowMs > 0 && ms >= this.slowMs) {
      this.tell({ query, duration_ms: Math.round(ms * 1000) / 1000 });
    }
  }
}
