import { parseExactly, writeExactly } from './json.js';

/** An answer of the server: its body parsed exactly, or its text where it is no JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // A test says what it expects of a body; a wrong guess fails there.
  readonly body: unknown;
}

export interface SendOptions {
  /** Sent as JSON, bigint included. */
  body?: unknown;
  /** Sent as it is, instead of `body`. */
  text?: string;
  headers?: Record<string, string>;
}

/** Speaks HTTP to one server, paths below one prefix. */
export class HttpClient {
  constructor(
    /** `http://127.0.0.1:1234/api/v1` */
    readonly base: string,
    /** Sent with every request. */
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  /** The same server, asked with a token. */
  as(token: string): HttpClient {
    return new HttpClient(this.base, { authorization: `Bearer ${token}` });
  }

  get(path: string, options?: SendOptions): Promise<Answer> {
    return this.send('GET', path, options);
  }

  post(path: string, body?: unknown): Promise<Answer> {
    return this.send('POST', path, { body });
  }

  put(path: string, body?: unknown): Promise<Answer> {
    return this.send('PUT', path, { body });
  }

  patch(path: string, body?: unknown): Promise<Answer> {
    return this.send('PATCH', path, { body });
  }

  delete(path: string): Promise<Answer> {
    return this.send('DELETE', path);
  }

  async send(method: string, path: string, options: SendOptions = {}): Promise<Answer> {
    const text =
      options.text ?? (options.body === undefined ? undefined : writeExactly(options.body));
    const response = await fetch(`${this.base}/${path}`, {
      method,
      ...(text === undefined ? {} : { body: text }),
      headers: {
        ...(text === undefined ? {} : { 'content-type': 'application/json' }),
        ...this.headers,
        ...options.headers,
      },
    });
    const answer = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text: answer,
      body: isJson(response.headers) && answer !== '' ? parseExactly(answer) : answer,
    };
  }
}

function isJson(headers: Headers): boolean {
  return /^application\/(problem\+)?json\b/.test(headers.get('content-type') ?? '');
}
