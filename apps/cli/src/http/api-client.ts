import { Failure } from '../failure.js';
import { type Watch } from '../terminal/progress.js';
import { type AskOptions, Connection, type ConnectionOptions } from './connection.js';
import { parseJson } from './exact-json.js';
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

export interface ApiClientOptions extends ConnectionOptions {
  readonly watch: Watch;
}

const PAGE_SIZE = 1000;
/** Of an answer in lines, in characters; the lines of Tempora are far shorter. */
const LONGEST_LINE = 4 * 1024 * 1024;

/** Speaks the native API of one server; every way in which that can fail is a {@link Failure}. */
export class ApiClient {
  private readonly connection: Connection;

  constructor(private readonly options: ApiClientOptions) {
    this.connection = new Connection(options);
  }

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
    const chunks = await this.options.watch(`Waiting for ${this.server}`, () => this.stream(path));
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

  /** The bytes of such an answer, for what is too large to be kept. */
  stream(path: string): Promise<AsyncIterable<Uint8Array>> {
    return this.connection.stream(`/api/v1/${path}`);
  }

  /** Sends a body of any length, and reads the answer; what ends the body is thrown as it is. */
  async upload<T>(
    path: string,
    contentType: string,
    body: AsyncIterable<Uint8Array>,
    shape: Shape<T>,
  ): Promise<T> {
    const answer = await this.connection.upload(`/api/v1/${path}`, contentType, body);
    return this.understood(answer, shape);
  }

  private ask<T>(
    method: string,
    path: string,
    shape: Shape<T>,
    body?: unknown,
    options?: AskOptions,
  ): Promise<T> {
    return this.options.watch(`Waiting for ${this.server}`, async () => {
      const answer = await this.connection.ask(method, path, body, options);
      return answer === undefined ? shape(answer, 'answer') : this.understood(answer, shape);
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
}

function afterOf(next: string): string {
  return new URLSearchParams(next.split('?')[1] ?? '').get('after') ?? '';
}
