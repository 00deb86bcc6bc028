import { Failure } from '../failure.js';
import { type Watch } from '../terminal/progress.js';
import { parseJson, writeJson } from './exact-json.js';
import { lostConnection, neverReached } from './lost-connection.js';
import { refusal } from './refusal.js';
import {
  anything,
  list,
  nullable,
  object,
  optional,
  type Shape,
  ShapeError,
  text,
} from './shape.js';
import { upload } from './upload.js';

export interface ApiClientOptions {
  /** As {@link parseServer} gives it. */
  readonly server: string;
  readonly token: string | undefined;
  /** How long a whole answer may take, milliseconds; of a streamed one, until it begins. */
  readonly timeout: number;
  /** Gives up what is being asked. */
  readonly signal: AbortSignal;
  readonly watch: Watch;
  /** `tempora/0.1.0` */
  readonly userAgent: string;
}

const PAGE_SIZE = 1000;
/** Of an answer in lines, in characters; the lines of Tempora are far shorter. */
const LONGEST_LINE = 4 * 1024 * 1024;

interface AskOptions {
  /** Statuses whose body is an answer, too. */
  readonly accepted?: readonly number[];
  /** Whether nothing is changed, even if nobody knows what became of it. */
  readonly harmless?: boolean;
}

/** Speaks the native API of one server; every way in which that can fail is a {@link Failure}. */
export class ApiClient {
  constructor(private readonly options: ApiClientOptions) {}

  get server(): string {
    return this.options.server;
  }

  get<T>(path: string, shape: Shape<T>): Promise<T> {
    return this.ask('GET', `/api/v1/${path}`, shape);
  }

  post<T>(path: string, body: unknown, shape: Shape<T>): Promise<T> {
    return this.ask('POST', `/api/v1/${path}`, shape, body);
  }

  /** What is asked by POST and changes nothing. */
  query<T>(path: string, body: unknown, shape: Shape<T>): Promise<T> {
    return this.ask('POST', `/api/v1/${path}`, shape, body, { harmless: true });
  }

  patch<T>(path: string, body: unknown, shape: Shape<T>): Promise<T> {
    return this.ask('PATCH', `/api/v1/${path}`, shape, body);
  }

  async delete(path: string): Promise<void> {
    await this.ask('DELETE', `/api/v1/${path}`, anything);
  }

  /** What is not part of the native API, from the root of the server; `accepted` are statuses besides success. */
  getOutside<T>(path: string, shape: Shape<T>, accepted: readonly number[] = []): Promise<T> {
    return this.ask('GET', path, shape, undefined, { accepted });
  }

  /** All items of a list, page after page. */
  async *pages<T>(path: string, shape: Shape<T>): AsyncGenerator<T[]> {
    const Page = object({ items: list(shape), next: optional(nullable(text)) });
    const [base = '', search = ''] = path.split('?');
    const ask = new URLSearchParams(search);
    ask.set('page_size', String(PAGE_SIZE));
    for (let page = 1; ; page++) {
      const { items, next } = await this.get(`${base}?${ask.toString()}`, Page);
      yield items;
      if (next === null || items.length === 0) return;
      // Lists of names are counted in pages, payloads go on after the last one.
      if (next !== undefined) ask.set('after', afterOf(next));
      else if (items.length < PAGE_SIZE) return;
      else ask.set('page', String(page + 1));
    }
  }

  /** All items of a list that is not long. */
  async all<T>(path: string, shape: Shape<T>): Promise<T[]> {
    const all: T[] = [];
    for await (const page of this.pages(path, shape)) for (const item of page) all.push(item);
    return all;
  }

  /** The objects of an answer of one JSON object a line, as they come, all as of one state of the database. */
  async *lines<T>(path: string, shape: Shape<T>): AsyncGenerator<T[]> {
    const chunks = await this.options.watch(`Waiting for ${this.server}`, () =>
      this.stream('GET', `/api/v1/${path}`, { accept: 'application/x-ndjson' }),
    );
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of chunks) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LONGEST_LINE) throw this.foreign(' (a line does not end)');
      yield lines.filter((line) => line !== '').map((line) => this.understood(line, shape));
    }
    if (rest !== '') yield [this.understood(rest, shape)];
  }

  /**
   * The answer as it comes in, for what is too large to be kept; broken off is a {@link Failure}, too.
   * @param init as of `fetch`; a body is sent as it is
   */
  async stream(
    method: string,
    path: string,
    init: {
      readonly accept: string;
      readonly body?: AsyncIterable<Uint8Array>;
      readonly contentType?: string;
    },
  ): Promise<AsyncIterable<Uint8Array>> {
    const { server } = this.options;
    const begun = new AbortController();
    const late = setTimeout(() => {
      begun.abort(timeoutReason());
    }, this.options.timeout);
    const response = await this.fetched(
      method,
      path,
      {
        signal: AbortSignal.any([this.options.signal, begun.signal]),
        headers: {
          accept: init.accept,
          ...(init.contentType === undefined ? {} : { 'content-type': init.contentType }),
        },
        ...(init.body === undefined ? {} : { body: init.body, duplex: 'half' }),
      },
      method === 'GET',
    ).finally(() => {
      clearTimeout(late);
    });
    if (!response.ok)
      throw refusal(server, response, await this.textOf(response, method === 'GET'));
    return this.chunksOf(response, method === 'GET');
  }

  /** Sends a body of any length, and reads the answer; what ends the body is thrown as it is. */
  async upload<T>(
    path: string,
    contentType: string,
    body: AsyncIterable<Uint8Array>,
    shape: Shape<T>,
  ): Promise<T> {
    const { server, token, userAgent, signal, timeout } = this.options;
    const headers = {
      accept: 'application/json',
      'content-type': contentType,
      'user-agent': userAgent,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    try {
      const { response, text } = await upload(`${server}/api/v1/${path}`, body, {
        headers,
        signal,
        timeout,
      });
      if (!response.ok) throw refusal(server, response, text);
      return this.understood(text, shape);
    } catch (error) {
      throw error instanceof Failure ? error : this.lost(error, false);
    }
  }

  private async ask<T>(
    method: string,
    path: string,
    shape: Shape<T>,
    body?: unknown,
    { accepted = [], harmless = method === 'GET' }: AskOptions = {},
  ): Promise<T> {
    const { server, watch } = this.options;
    return watch(`Waiting for ${server}`, async () => {
      const response = await this.fetched(
        method,
        path,
        {
          signal: AbortSignal.any([this.options.signal, deadline(this.options.timeout)]),
          headers: {
            accept: 'application/json',
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body: writeJson(body) }),
        },
        harmless,
      );
      const answer = await this.textOf(response, harmless);
      if (!response.ok && !accepted.includes(response.status)) {
        throw refusal(server, response, answer);
      }
      if (response.status === 204) return shape(undefined, 'answer');
      return this.understood(answer, shape);
    });
  }

  private understood<T>(answer: string, shape: Shape<T>): T {
    try {
      return shape(parseJson(answer), 'answer');
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof ShapeError)) throw error;
      const why = error instanceof ShapeError ? ` (${error.message})` : '';
      throw this.foreign(why);
    }
  }

  private foreign(why: string): Failure {
    return new Failure(
      'notTempora',
      `${this.server} answered with something that is not Tempora's${why}. Is the address right?`,
      'foreign-answer',
    );
  }

  private async fetched(
    method: string,
    path: string,
    init: RequestInit,
    harmless: boolean,
  ): Promise<Response> {
    const { server, token, userAgent } = this.options;
    const headers = new Headers(init.headers);
    headers.set('user-agent', userAgent);
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    try {
      // A redirect is not followed: the token belongs to this server.
      return await fetch(server + path, { ...init, method, headers, redirect: 'manual' });
    } catch (error) {
      throw this.lost(error, harmless);
    }
  }

  private async textOf(response: Response, harmless: boolean): Promise<string> {
    try {
      return await response.text();
    } catch (error) {
      throw this.lost(error, harmless);
    }
  }

  private async *chunksOf(response: Response, harmless: boolean): AsyncGenerator<Uint8Array> {
    if (response.body === null) return;
    try {
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) yield chunk;
    } catch (error) {
      throw this.lost(error, harmless);
    }
  }

  private lost(error: unknown, harmless: boolean): unknown {
    const { signal, server } = this.options;
    if (signal.aborted) return signal.reason;
    return lostConnection(server, error, !harmless && !neverReached(error));
  }
}

function afterOf(next: string): string {
  return new URLSearchParams(next.split('?')[1] ?? '').get('after') ?? '';
}

function timeoutReason(): Error {
  return new Error('it does not answer in time (--timeout)');
}

function deadline(milliseconds: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => {
    controller.abort(timeoutReason());
  }, milliseconds).unref();
  return controller.signal;
}
