import { destination } from 'pino';

/** Lines are written together: one by one each would cost about what a quick answer costs. */
const TOGETHER_BYTES = 8 * 1024;
/** No line is kept back longer, milliseconds. */
const KEPT_MS = 100;
/** What may wait for a reader of the log that has stopped reading, bytes; lines beyond are lost. */
const WAITING_BYTES = 16 * 1024 * 1024;

/** Standard output for the log; what is kept back is written when the process exits. */
export function logOutput(): ReturnType<typeof destination> {
  return destination({
    dest: 1,
    sync: false,
    minLength: TOGETHER_BYTES,
    maxLength: WAITING_BYTES,
    periodicFlush: KEPT_MS,
  });
}
