import { pino } from 'pino';
import { type Config } from '#config';
import { type Log } from '#database';

/** What happens before the service listens: sentences for a person at a terminal, else JSON lines. */
export function startLog(level: Config['logLevel']): Log {
  if (!process.stdout.isTTY) {
    const log = pino({ level });
    return {
      info: (message) => {
        log.info(message);
      },
      warn: (message) => {
        log.warn(message);
      },
    };
  }
  return {
    info: (message) => {
      console.log(message);
    },
    warn: (message) => {
      console.warn(`Warning: ${message}`);
    },
  };
}
