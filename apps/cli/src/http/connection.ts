import { Failure } from '../failure.js';
import { writeJson } from './exact-json.js';
import { lostConnection, neverReached } from './lost-connection.js';
import { refusal } from './refusal.js';
import { upload } from './upload.js';

export interface ConnectionOptions {
  /** As {@link parseServer} gives it. */
  readonly server: string;
  readonly token: string | undefined;
  /** How long a whole answer may take, milliseconds; of a streamed one, until it begins. */
  readonly timeout: number;
  /** Gives up what is being asked. */
  readonly signal: AbortSignal;
  /** `tempora/0.1.0` */
  readonly userAgent: string;
}

export interface AskOptions {
  /** Statuses whose body is an answer, too. */
  readonly accepted?: readonly number[];
  /** Whether nothing is changed, even if nobody knows what became of it. */
  readonly harmless?: boolean;
}

/** The way to one server; every way in which it, or the server, refuses is a {@link Failure}. */
export class Connection {
  constructor(private readonly options: ConnectionOptions) {}

  /** The text of an answer; undefined if it has none. */
  async ask(
    method: string,
    path: string,
    body?: unknown,
    { accepted = [], harmless = method === 'GET' }: AskOptions = {},
  ): Promise<string | undefined> {
    const { server, signal, timeout } = this.options;
    const response = await this.fetched(
      method,
      path,
      {
        signal: AbortSignal.any([signal, deadline(timeout)]),
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
    return response.status === 204 ? undefined : answer;
  }

  /** What is read in lines, as it comes in; broken off is a {@link Failure}, too. */
  async stream(path: string): Promise<AsyncIterable<Uint8Array>> {
    const { server, signal, timeout } = this.options;
    const begun = new AbortController();
    const late = setTimeout(() => {
      begun.abort(timeoutReason());
    }, timeout);
    const response = await this.fetched(
      'GET',
      path,
      {
        signal: AbortSignal.any([signal, begun.signal]),
        headers: { accept: 'application/x-ndjson' },
      },
      true,
    ).finally(() => {
      clearTimeout(late);
    });
    if (!response.ok) throw refusal(server, response, await this.textOf(response, true));
    return this.chunksOf(response);
  }

  /** Sends a body of any length, and reads the answer; what ends the body is thrown as it is. */
  async upload(
    path: string,
    contentType: string,
    body: AsyncIterable<Uint8Array>,
  ): Promise<string> {
    const { server, token, userAgent, signal, timeout } = this.options;
    const headers = {
      accept: 'application/json',
      'content-type': contentType,
      'user-agent': userAgent,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    try {
      const { response, text } = await upload(server + path, body, { headers, signal, timeout });
      if (!response.ok) throw refusal(server, response, text);
      return text;
    } catch (error) {
      throw error instanceof Failure ? error : this.lost(error, false);
    }
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

  private async *chunksOf(response: Response): AsyncGenerator<Uint8Array> {
    if (response.body === null) return;
    try {
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) yield chunk;
    } catch (error) {
      throw this.lost(error, true);
    }
  }

  private lost(error: unknown, harmless: boolean): unknown {
    const { signal, server } = this.options;
    if (signal.aborted) return signal.reason;
    return lostConnection(server, error, !harmless && !neverReached(error));
  }
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
