import { type LoggerService } from '@nestjs/common';
import { type FastifyBaseLogger } from 'fastify';

/** What Nest has to say, in the service's own log; its story of the start at level `debug`. */
export function logAdapter(log: FastifyBaseLogger): LoggerService {
  return {
    verbose: (message) => {
      log.trace(String(message));
    },
    debug: (message) => {
      log.debug(String(message));
    },
    log: (message) => {
      log.debug(String(message));
    },
    warn: (message) => {
      log.warn(String(message));
    },
    error: (message, ...more) => {
      // What hinders it from listening it throws as well, and that is told in one sentence.
      if (more.at(-1) === 'NestApplication') return;
      log.error({ more }, String(message));
    },
  };
}
