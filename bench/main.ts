import { HELP, readOptions } from './options.js';
import { progress } from './progress.js';
import { run } from './run.js';

/** What is to be stopped at the end, however it comes; the last started first. */
const stops: (() => Promise<void>)[] = [];
const interruption = new AbortController();
const INTERRUPTED = 130;

async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0).reverse()) {
    await stop().catch((error: unknown) => {
      progress(String(error));
    });
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interruption.abort();
    progress('Stopping …');
    void stopAll().then(() => process.exit(INTERRUPTED));
  });
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options) {
    process.exitCode = await run(options, interruption.signal, (stop) => stops.push(stop));
  } else {
    console.log(HELP);
  }
} catch (error) {
  if (!interruption.signal.aborted) console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await stopAll();
}
