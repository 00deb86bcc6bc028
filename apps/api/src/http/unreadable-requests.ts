import { type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import { type Socket } from 'node:net';
import { type Duplex } from 'node:stream';
import { Problem } from '#problems';
import { arrivesInPieces } from './long-bodies.js';
import { formOf, type ProblemForm } from './problem-form.js';
import { urlTooLong } from './url-length.js';

/** What Node tells of bytes that are no request. */
type ClientError = Error & { code?: string; reason?: string; rawPacket?: unknown };
/** Node keeps the answer that is under way here. */
type ServerSocket = Socket & { _httpMessage?: ServerResponse | null };

/** The URL in the first bytes of a request, or what there is of it. */
const REQUEST_LINE = /^[A-Z]+ (\S*)/;

/**
 * Answers in JSON, and closes the connection, where Node gives up before there is a request. Which
 * protocol was spoken is known only if the bytes at hand begin with the request.
 */
export class UnreadableRequests {
  constructor(
    private readonly forms: readonly ProblemForm[],
    private readonly maxHeadBytes: number,
  ) {}

  /** For the event `clientError`. */
  readonly answer = (error: ClientError, socket: ServerSocket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const started = socket._httpMessage;
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && arrivesInPieces(started?.req)) return;
    if (started?.req.complete === true) {
      // It has arrived: what cannot be read came after it, and is answered after it.
      started.once('finish', () => {
        this.answer(error, socket);
      });
      return;
    }
    // In the middle of an answer another would be taken for a part of it.
    if (started?.headersSent === true) {
      socket.destroy();
      return;
    }
    const bytes = Buffer.isBuffer(error.rawPacket) ? error.rawPacket.toString('latin1') : '';
    const url = started?.req.url ?? REQUEST_LINE.exec(bytes)?.[1];
    this.refuse(socket, this.problemOf(error, bytes, url), url);
  };

  /** What Node would answer without a body, or not at all. */
  watch(server: Server): void {
    server.on('checkExpectation', ({ headers, url }, response) => {
      const detail = `The header Expect asks for "${String(headers.expect)}"; only 100-continue can be had.`;
      const answer = formOf(this.forms, url).answer(new Problem('expectation-failed', detail), url);
      const text = JSON.stringify(answer.body);
      // Not by the socket, which may still be owed the answers to earlier requests.
      response
        .writeHead(answer.status, {
          'content-type': answer.type,
          'content-length': Buffer.byteLength(text),
          'x-content-type-options': 'nosniff',
          connection: 'close',
        })
        .end(text);
    });
    server.on('connect', ({ url }, socket) => {
      this.refuse(socket, new Problem('malformed-request', 'This server is no proxy.'), url);
    });
  }

  private problemOf(error: ClientError, bytes: string, url = ''): Problem {
    switch (error.code) {
      case 'ERR_HTTP_REQUEST_TIMEOUT':
        return new Problem(
          'request-timeout',
          'The request did not arrive in time: send all of it without pauses.',
        );
      case 'HPE_HEADER_OVERFLOW':
        return (
          urlTooLong(url) ??
          new Problem(
            'headers-too-large',
            `The URL and the headers of a request may have ${this.maxHeadBytes} bytes together.`,
          )
        );
      case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
        return new Problem('body-too-large', 'The chunks of the body have too long extensions.');
      default:
        return new Problem('malformed-request', whatItIs(error, bytes));
    }
  }

  private refuse(socket: Duplex, problem: Problem, url: string | undefined): void {
    const { status, type, body } = formOf(this.forms, url).answer(problem, url);
    const text = JSON.stringify(body);
    // Node listens no more once it has handed a socket over, and a reset may come at any time.
    socket.on('error', () => socket.destroy());
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n` +
        `Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(text)}\r\n` +
        `X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n${text}`,
    );
    drain(socket);
  }
}

function whatItIs({ reason, message }: ClientError, bytes: string): string {
  if (bytes.startsWith('\x16')) return 'This is a server of HTTP, not of HTTPS: ask http://…';
  if (bytes.startsWith('PRI * HTTP/2')) return 'This is a server of HTTP/1.1, not of HTTP/2.';
  return `This is not HTTP/1.1: ${reason ?? message}.`;
}

/** How long a client may go on sending what nobody reads, milliseconds. */
const LINGER_MS = 2_000;

/**
 * Takes what the client still sends, for a while: if the connection were closed with something
 * unread, the system would throw away the answer as well.
 */
function drain(socket: Duplex): void {
  // It is read here instead of by Node, which would take it for further requests.
  socket.removeAllListeners('data').on('data', () => undefined);
  socket.resume();
  const tooLong = setTimeout(() => socket.destroy(), LINGER_MS);
  tooLong.unref();
  socket.once('close', () => {
    clearTimeout(tooLong);
  });
}
