import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { type FastifyBaseLogger } from 'fastify';
import { type Tracing } from '#observability';
import { type ClientAddress } from './client-address.js';
import { ABORTED, type RequestCounts } from './request-counts.js';
import { logRequest, REQUEST_ID_HEADER, requestId } from './request-log.js';
import { headOf, type VersionedAnswer } from './versioned-answer.js';

/** An answer that memory holds, and the route that gives it. */
export interface ReadyAnswer {
  readonly route: string;
  readonly answer: VersionedAnswer;
}

/**
 * The answer to this GET if that is at hand. It neither waits nor throws for what a client asks;
 * undefined: the route answers.
 */
export type ReadyAnswers = (request: IncomingMessage) => ReadyAnswer | undefined;

/**
 * In front of Fastify: sends at once what is at hand and asked for by thousands of clients. The way
 * through routing, hooks and pipes costs twice what sending such an answer does. Whatever is out of
 * the ordinary goes that way, and finds the same answer at its end.
 */
export class ExpressLane {
  private ready: ReadyAnswers | undefined;
  private log: FastifyBaseLogger | undefined;
  private constant: readonly string[] = [];

  constructor(
    private readonly addressOf: ClientAddress,
    private readonly counts: RequestCounts,
    private readonly tracing?: Tracing,
  ) {}

  /**
   * From now on it is used; until then all goes the other way.
   * @param constant header fields that each answer has: name, value, name, value
   */
  open(ready: ReadyAnswers, log: FastifyBaseLogger, constant: readonly string[]): void {
    this.ready = ready;
    this.log = log;
    this.constant = constant;
  }

  /** A server that asks here first, then `others`. */
  server(options: ServerOptions, others: RequestListener): Server {
    return createServer(options, (request, response) => {
      if (!this.sends(request, response)) others(request, response);
    });
  }

  private sends(request: IncomingMessage, response: ServerResponse): boolean {
    const { ready, log } = this;
    const { method, headers } = request;
    if (ready === undefined || log === undefined || method !== 'GET') return false;
    const began = performance.now();
    const found = hasBody(headers) ? undefined : foundBy(ready, request);
    if (found === undefined) return false;
    const { route, answer } = found;
    const id = requestId(request);
    const address = this.addressOf(request);
    const agent = headers['user-agent'];
    const span = this.tracing?.request(method, headers, id);
    const { status, fields } = headOf(answer, headers['if-none-match']);
    fields.push(REQUEST_ID_HEADER, id, ...this.constant);
    response.on('close', () => {
      const duration = performance.now() - began;
      const sent = response.writableFinished;
      this.counts.count(method, route, sent ? status : ABORTED, duration);
      span?.end(route, sent ? status : undefined);
      logRequest(log, id, { method, route, status, address, agent, duration });
    });
    if (status === 200) {
      fields.push('content-length', String(Buffer.byteLength(answer.body)));
      response.writeHead(status, fields).end(answer.body);
    } else {
      response.writeHead(status, fields).end();
    }
    return true;
  }
}

/** A defect ends a request, not the process: it shows itself on the route. */
function foundBy(ready: ReadyAnswers, request: IncomingMessage): ReadyAnswer | undefined {
  try {
    return ready(request);
  } catch {
    return undefined;
  }
}

/** Fastify takes care of what else is to be read. */
function hasBody(headers: IncomingMessage['headers']): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}
