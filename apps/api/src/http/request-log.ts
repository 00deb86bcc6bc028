import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { type ClientAddress } from './client-address.js';

/** What a client may call its request: long enough for any tracing system. */
const REQUEST_ID = /^[\x21-\x7e]{1,128}$/;

/** The client's own id of the request, if it has a usable one; else one that nobody else has. */
export function requestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** Of a User-Agent, characters: enough to tell programs from each other. */
const MAX_AGENT = 100;

export const REQUEST_ID_HEADER = 'x-request-id';

/** What is told of a request, beside its id. */
interface Answered {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  /** From where it came. */
  readonly address: string | undefined;
  /** What the client says that it is. */
  readonly agent: string | undefined;
  /** Milliseconds. */
  readonly duration: number;
}

/** One line per request, when it is answered. Query strings are left out: they may carry tokens. */
export function logRequests(fastify: FastifyInstance, addressOf: ClientAddress): void {
  fastify.addHook('onRequest', async (request, reply) => {
    void reply.header(REQUEST_ID_HEADER, request.id);
  });
  fastify.addHook('onResponse', async (request, reply) => {
    const { method, log, raw, routeOptions } = request;
    const route = routeOptions.url ?? 'unknown';
    const address = addressOf(raw);
    const agent = raw.headers['user-agent'];
    const { statusCode: status, elapsedTime: duration } = reply;
    log.info(lineOf({ method, route, status, address, agent, duration }), 'request');
  });
}

/** The same line for a request that Fastify has not seen. */
export function logRequest(log: FastifyBaseLogger, reqId: string, answered: Answered): void {
  log.info({ reqId, ...lineOf(answered) }, 'request');
}

/** Written out: collecting the others in an object of their own costs more than the line. */
function lineOf({ method, route, status, address, agent, duration }: Answered): object {
  const known = agent?.slice(0, MAX_AGENT);
  const duration_ms = Math.round(duration * 1000) / 1000;
  return { method, route, status, address, agent: known, duration_ms };
}
