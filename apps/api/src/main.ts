import { once } from 'node:events';
import { ConfigError, readConfig } from '#config';
import { DatabaseRefusal } from '#database';
import { listenRefusal } from './listen-refusal.js';
import { startService } from './service.js';
import { Interrupted, stopSignal } from './stop-signal.js';

/** Start, listen, shut down: nothing else. A signal ends a start in good order, too. */
async function main(): Promise<void> {
  const stop = stopSignal();
  const service = await startService(readConfig(process.env), stop);
  const told = stop.aborted ? Promise.resolve() : once(stop, 'abort');
  try {
    await Promise.race([told, service.refused]);
  } finally {
    await service.stop();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    if (error instanceof Interrupted) process.exit(0);
    const expected = error instanceof ConfigError || error instanceof DatabaseRefusal;
    console.error(expected ? error.message : (listenRefusal(error) ?? error));
    process.exit(1);
  },
);
