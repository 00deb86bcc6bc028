import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { parse } from 'lossless-json';
import { type Origin } from './load.js';

export const DROP_IN = '/api/cdb_rest';

const LONGEST_REST_MS = 1_000;

/** An answer other than 200. */
export class RefusedRequest extends Error {}

/** Speaks the drop-in protocol over one kept connection, one request at a time. */
export class DropInClient {
  readonly #origin: Origin;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #prefix: string;
  #lastAnswer = 0;

  constructor(origin: Origin, prefix = DROP_IN) {
    this.#origin = origin;
    this.#prefix = prefix;
  }

  /**
   * @param path below the prefix
   * @returns the body as it came
   * @throws RefusedRequest if the answer is not 200
   */
  async text(method: string, path: string, body?: unknown): Promise<string> {
    return (await this.#ask(method, path, body)).body;
  }

  /** As {@link text}, parsed; numbers arrive as their digits. */
  async json(method: string, path: string, body?: unknown): Promise<unknown> {
    return parseAnswer(await this.text(method, path, body));
  }

  /**
   * Whether the answer to a GET came from memory, by its `Cache-Status` (RFC 9211); undefined if the
   * server does not say.
   */
  async fromMemory(path: string): Promise<boolean | undefined> {
    const status = (await this.#ask('GET', path)).headers['cache-status'];
    return status === undefined ? undefined : /; *hit/.test(String(status));
  }

  close(): void {
    this.#agent.destroy();
  }

  async #ask(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ headers: IncomingHttpHeaders; body: string }> {
    // After a rest the server may be closing the connection just as it is used again.
    if (performance.now() - this.#lastAnswer > LONGEST_REST_MS) this.#agent.destroy();
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const headers =
      sent === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(
        { ...this.#origin, agent: this.#agent, method, path: this.#prefix + path, headers },
        resolve,
      )
        .on('error', reject)
        .end(sent);
    });
    const received = await text(answer);
    this.#lastAnswer = performance.now();
    if (answer.statusCode === 200) return { headers: answer.headers, body: received };
    throw new RefusedRequest(
      `${method} ${path} was answered ${answer.statusCode ?? 0}: ${received.slice(0, 200)}`,
    );
  }
}

/** Parses JSON so that a 64-bit integer stays exact: numbers become strings of their digits. */
export const parseAnswer = (body: string): unknown => parse(body, undefined, (digits) => digits);
