import { closeSync, openSync } from 'node:fs';
import { constants, devNull } from 'node:os';
import { isatty } from 'node:tty';

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

/**
 * Aborted by the first signal to end, its reason being {@link Interrupted}. A second one ends the
 * process at once, but for SIGHUP: a terminal that is closed may send several, and nobody waits there.
 */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  // Asked now: one that is gone is none any more.
  const terminal = [0, 1, 2].filter((descriptor) => isatty(descriptor));
  for (const name of SIGNALS) {
    process.on(name, () => {
      const interrupted = new Interrupted(name);
      if (name === 'SIGHUP') leaveTerminal(terminal);
      else if (stop.signal.aborted) process.exit(interrupted.exitCode);
      stop.abort(interrupted);
    });
  }
  return stop.signal;
}

/** What is still said to a terminal that is gone would fail: it goes nowhere instead. */
function leaveTerminal(descriptors: number[]): void {
  for (const descriptor of descriptors.splice(0)) {
    closeSync(descriptor);
    // The lowest that is free: the one just closed.
    openSync(devNull, 'r+');
  }
}
