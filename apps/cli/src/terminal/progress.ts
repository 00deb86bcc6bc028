import { type Out } from '../surroundings.js';

/** Something that takes its time, told to whoever waits. */
export interface Progress {
  /** So much more is done. */
  readonly advance: (amount: number) => void;
  /** Takes it off the screen. */
  readonly end: () => void;
}

/** Says what is waited for while a promise is not settled. */
export type Watch = <T>(label: string, work: () => Promise<T>) => Promise<T>;

/** What is over before is not shown. */
const SHOWN_AFTER = 1_000;
const DRAWN_EVERY = 200;
const BAR = 24;

/** Draws one line on a terminal, over and over; nothing where stderr is none. */
export class ProgressLine {
  constructor(private readonly stderr: Out) {}

  /**
   * @param total of what {@link Progress.advance} counts; undefined if nobody knows
   * @param unit what is counted, such as `payloads`; bytes are shown as MB
   */
  start(label: string, total?: number, unit = ''): Progress {
    if (this.stderr.isTTY !== true) return { advance: () => undefined, end: () => undefined };
    const begin = performance.now();
    let done = 0;
    let drawn = false;
    const timer = setInterval(() => {
      const elapsed = performance.now() - begin;
      if (elapsed < SHOWN_AFTER) return;
      drawn = true;
      const line = progressText({ label, done, total, unit, elapsed });
      this.stderr.write(`\r\u001b[K${line.slice(0, this.width() - 1)}`);
    }, DRAWN_EVERY).unref();
    return {
      advance(amount) {
        done += amount;
      },
      end: () => {
        clearInterval(timer);
        if (drawn) this.stderr.write('\r\u001b[K');
        drawn = false;
      },
    };
  }

  /** Some terminals do not know it, and say 0. */
  private width(): number {
    const { columns = 0 } = this.stderr;
    return columns > 0 ? columns : 80;
  }

  readonly watch: Watch = async (label, work) => {
    const progress = this.start(label);
    try {
      return await work();
    } finally {
      progress.end();
    }
  };
}

/** `Reading  [#####     ] 21 %  1050 of 5000 payloads, 3 s left` */
export function progressText(state: {
  readonly label: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly unit: string;
  /** milliseconds */
  readonly elapsed: number;
}): string {
  const { label, done, total, unit, elapsed } = state;
  const seconds = `${Math.floor(elapsed / 1000)} s`;
  if (total === undefined || total <= 0) {
    return done === 0 ? `${label} … ${seconds}` : `${label}  ${amount(done, unit)}, ${seconds}`;
  }
  const part = Math.min(1, done / total);
  const filled = Math.floor(part * BAR);
  const bar = `[${'#'.repeat(filled)}${' '.repeat(BAR - filled)}]`;
  const left = part === 0 ? '' : `, ${Math.ceil((elapsed / 1000) * (1 / part - 1))} s left`;
  return `${label}  ${bar} ${Math.floor(part * 100)} %  ${amount(done, unit)} of ${amount(total, unit)}${left}`;
}

function amount(value: number, unit: string): string {
  if (unit === 'bytes') return `${(value / 1e6).toFixed(1)} MB`;
  return unit === '' ? String(value) : `${value} ${unit}`;
}
