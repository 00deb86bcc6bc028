import { type Log } from '#database';
import { type Output } from '../terminal/output.js';

/** What takes its time is told beside the result. */
export function operatorLog(output: Output): Log {
  return {
    info: (message) => {
      output.note(message);
    },
    warn: (message) => {
      output.note(`Warning: ${message}`);
    },
  };
}
