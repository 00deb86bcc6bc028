/** Ctrl-C, or the wish of the system that we end. */
export class Interruption extends Error {
  override readonly name = 'Interruption';

  constructor() {
    super('Interrupted.');
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Aborted by the first signal to end; the second ends the process at once, as it does any other. */
export function interruptedBySignals(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    for (const name of SIGNALS) process.off(name, interrupt);
    controller.abort(new Interruption());
  };
  for (const name of SIGNALS) process.on(name, interrupt);
  return controller.signal;
}
