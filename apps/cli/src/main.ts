import { EXIT_CODES } from './exit-codes.js';
import { interruptedBySignals } from './interruption.js';
import { run } from './run.js';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT_CODES.readerGone.code);
    throw error;
  });
}

// Timers and connections that are still there keep nobody waiting.
process.exit(
  await run(process.argv.slice(2), {
    env: process.env,
    uid: process.geteuid?.(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: interruptedBySignals(EXIT_CODES.interrupted.code),
  }),
);
