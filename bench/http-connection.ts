import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');

/** All connections read into it: libuv fills it and hands it over in one go, nothing is kept there. */
const READ_BUFFER = Buffer.allocUnsafe(256 * 1024);

/** What a connection tells its owner. */
export interface HttpConnectionEvents {
  /** A whole answer has arrived; `body` only if it was asked to be kept. */
  answered(status: number, bodyBytes: number, body: Buffer | undefined): void;
  /** The connection ended; whatever was in flight on it is lost. */
  closed(reason: string): void;
}

/**
 * One HTTP/1.1 client connection that reads just enough of an answer to know its status and its end.
 * A general client spends most of its time on headers and streams that nobody looks at; on a machine
 * that the server shares with its load, that time is taken from the server.
 * One request at a time.
 */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #events: HttpConnectionEvents;
  #head: Buffer | undefined;
  #status = 0;
  #bodyBytes = 0;
  #missing = 0;
  #chunks: ChunkedBody | undefined;
  #kept: Buffer[] | undefined;
  #reason = 'closed by the server';

  constructor(host: string, port: number, events: HttpConnectionEvents, opened?: () => void) {
    this.#events = events;
    this.#socket = connect({
      host,
      port,
      noDelay: true,
      onread: {
        buffer: READ_BUFFER,
        callback: (size, read) => {
          this.#read(read as Buffer, size);
          return true;
        },
      },
    });
    if (opened) this.#socket.once('connect', opened);
    this.#socket.on('error', (error) => (this.#reason = error.message));
    this.#socket.on('close', () => {
      events.closed(this.#reason);
    });
  }

  /**
   * @param request the whole request as it goes over the wire
   * @param keep whether the answer's body is wanted
   */
  send(request: string, keep = false): void {
    this.#kept = keep ? [] : undefined;
    this.#socket.write(request, 'latin1');
  }

  close(): void {
    this.#reason = 'closed by the client';
    this.#socket.destroy();
  }

  #read(buffer: Buffer, size: number): void {
    if (this.#missing > 0) {
      this.#body(buffer, 0, size);
    } else if (this.#chunks) {
      this.#chunked(buffer.subarray(0, size));
    } else {
      this.#start(buffer, size);
    }
  }

  #start(read: Buffer, readBytes: number): void {
    const buffer = this.#head ? Buffer.concat([this.#head, read.subarray(0, readBytes)]) : read;
    const size = this.#head ? buffer.length : readBytes;
    const end = buffer.indexOf(HEAD_END);
    if (end < 0 || end + 4 > size) {
      this.#head = Buffer.from(buffer.subarray(0, size));
      return;
    }
    this.#head = undefined;
    const head = buffer.toString('latin1', 0, end);
    this.#status = Number(head.slice(9, 12));
    this.#bodyBytes = 0;
    const length = /\r\ncontent-length: *(\d+)/i.exec(head);
    if (!length && /\r\ntransfer-encoding: *chunked/i.test(head)) {
      this.#chunks = new ChunkedBody();
      this.#chunked(buffer.subarray(end + 4, size));
      return;
    }
    this.#missing = Number(length?.[1] ?? 0);
    if (this.#missing === 0) this.#finish();
    else this.#body(buffer, end + 4, size);
  }

  #body(buffer: Buffer, from: number, to: number): void {
    const bytes = to - from;
    this.#bodyBytes += bytes;
    this.#missing -= bytes;
    this.#kept?.push(Buffer.from(buffer.subarray(from, to)));
    if (this.#missing <= 0) this.#finish();
  }

  #chunked(read: Buffer): void {
    const chunks = this.#chunks;
    if (!chunks) return;
    const done = chunks.read(read, (part) => {
      this.#bodyBytes += part.length;
      this.#kept?.push(Buffer.from(part));
    });
    if (done) this.#finish();
  }

  #finish(): void {
    const body = this.#kept && Buffer.concat(this.#kept);
    this.#chunks = undefined;
    this.#missing = 0;
    this.#kept = undefined;
    this.#events.answered(this.#status, this.#bodyBytes, body);
  }
}

/** A body in chunked transfer coding (RFC 9112, 7.1), as its pieces arrive. */
class ChunkedBody {
  #line = '';
  #missing = 0;
  #last = false;

  /** @returns whether the body is complete */
  read(read: Buffer, take: (part: Buffer) => void): boolean {
    let at = 0;
    while (at < read.length) {
      if (this.#missing > 0) {
        const part = read.subarray(at, at + this.#missing);
        take(part);
        this.#missing -= part.length;
        at += part.length;
        continue;
      }
      const end = read.indexOf(0x0a, at);
      this.#line += read.toString('latin1', at, end < 0 ? read.length : end + 1);
      if (end < 0) return false;
      at = end + 1;
      const line = this.#line.trim();
      this.#line = '';
      if (line === '') {
        if (this.#last) return true;
        continue;
      }
      this.#missing = parseInt(line, 16);
      this.#last = this.#missing === 0;
    }
    return false;
  }
}
