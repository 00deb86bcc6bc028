import { constants } from 'node:os';

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

/** Told to end by a signal, this is why something was not finished. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor(private readonly signal: (typeof SIGNALS)[number]) {
    super(`ended by ${signal}`);
  }

  /** What shells take for the exit code of a process that a signal has ended. */
  get exitCode(): number {
    return 128 + constants.signals[this.signal];
  }
}

/** Aborted by the first signal to end, its reason being {@link Interrupted}; a second one ends the process at once. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of SIGNALS) {
    process.on(name, () => {
      const interrupted = new Interrupted(name);
      if (stop.signal.aborted) process.exit(interrupted.exitCode);
      stop.abort(interrupted);
    });
  }
  return stop.signal;
}
