/** Ctrl-C, or the wish of the system that we end. */
export class Interruption extends Error {
  override readonly name = 'Interruption';

  constructor() {
    super('Interrupted.');
  }
}

/** Aborted by the first signal to end; the second ends the process at once. */
export function interruptedBySignals(exitCode: number): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exitCode);
      controller.abort(new Interruption());
    });
  }
  return controller.signal;
}
