import { ConfigError, readConfig } from '#config';
import { DatabaseRefusal } from '#database';
import { listenRefusal } from './listen-refusal.js';
import { type Service, startService } from './service.js';

/** Start, listen, shut down: nothing else. */
async function main(): Promise<void> {
  const service = await startService(readConfig(process.env));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stopOnce(service));
}

/** The first signal ends what runs in good order, a second one at once. */
function stopOnce(service: Service): () => void {
  let stopping = false;
  return () => {
    if (stopping) process.exit(130);
    stopping = true;
    service.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
}

main().catch((error: unknown) => {
  const expected = error instanceof ConfigError || error instanceof DatabaseRefusal;
  console.error(expected ? error.message : (listenRefusal(error) ?? error));
  process.exit(1);
});
