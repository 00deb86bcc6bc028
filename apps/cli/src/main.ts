import { EXIT_CODES } from './exit-codes.js';
import { interruptedBySignals } from './interruption.js';
import { run } from './run.js';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // As the signal of a broken pipe ends other programs: nobody is left to be told anything.
    if (error.code === 'EPIPE') process.exit(EXIT_CODES.readerGone.code);
    throw error;
  });
}

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  uid: process.geteuid?.(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interruptedBySignals(),
});
// Whoever still writes to it keeps nobody waiting.
process.stdin.destroy();
