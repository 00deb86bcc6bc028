import { connect, type Socket } from 'node:net';
import { type JsonObject } from './json.js';

export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
  readonly json: JsonObject;
}

/** Bytes as they are, to a server and from it. */
export class RawSocket {
  private received = '';
  private readonly socket: Socket;
  private readonly closed: Promise<void>;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.socket = connect(Number(port), hostname);
    this.socket.setEncoding('utf8');
    this.socket.on('data', (text: string) => {
      this.received += text;
    });
    // A reset ends it as well; what was received till then counts.
    this.socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      this.socket.once('close', () => {
        resolve();
      });
    });
  }

  /** @returns once the bytes are with the system */
  async send(text: string | Buffer): Promise<void> {
    await new Promise<void>((resolve) => {
      this.socket.write(text, () => {
        resolve();
      });
    });
  }

  /** The first answer, as soon as it is whole. */
  async answer(): Promise<RawAnswer> {
    for (;;) {
      const answer = firstAnswer(this.received);
      if (answer !== undefined) return answer;
      if (this.socket.destroyed) throw new Error(`closed after ${JSON.stringify(this.received)}`);
      await Promise.race([this.more(), this.closed]);
    }
  }

  private more(): Promise<void> {
    return new Promise((resolve) => {
      this.socket.once('data', () => {
        resolve();
      });
    });
  }

  /** Everything until the server closes. */
  async end(): Promise<string> {
    await this.closed;
    return this.received;
  }

  /** Ends it without a farewell: the server sees an error. */
  async reset(): Promise<void> {
    this.socket.resetAndDestroy();
    await this.closed;
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** Sends bytes over a connection of their own, and waits for the answer to them. */
export async function exchange(url: string, text: string | Buffer): Promise<RawAnswer> {
  const socket = new RawSocket(url);
  try {
    await socket.send(text);
    return await socket.answer();
  } finally {
    socket.destroy();
  }
}

function firstAnswer(text: string): RawAnswer | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = text.slice(0, end);
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1]);
  const body = text.slice(end + 4);
  if (Buffer.byteLength(body) < length) return undefined;
  return {
    status: Number(head.split(' ', 2)[1]),
    head,
    body,
    get json() {
      return JSON.parse(body) as JsonObject;
    },
  };
}
