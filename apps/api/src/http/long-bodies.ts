import { type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Problem } from '#problems';
import { notLines } from './json-bodies.js';
import { letArrive } from './late-bodies.js';

const arriving = new WeakSet<IncomingMessage>();

/** Whether a request may take as long to arrive as it goes on arriving. */
export function arrivesInPieces(request: IncomingMessage | undefined): boolean {
  return request !== undefined && arriving.has(request);
}

/**
 * The body of a route that takes it in lines, piece by piece, as fast as it is read. It may take as
 * long as it needs, but not stop: `stallMs` milliseconds without a byte end it. Where it is left
 * before its end, the rest is thrown away as it comes, so that the client gets to read the answer.
 * @throws Problem unsupported-media-type, request-timeout, malformed-body if the client has gone
 */
export async function* bodyPieces(
  request: FastifyRequest,
  reply: FastifyReply,
  stallMs: number,
): AsyncGenerator<Buffer> {
  const { raw, body } = request;
  if (!(body instanceof Readable)) throw notLines(request.headers['content-type']);
  arriving.add(raw);
  const pieces = raw.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  try {
    for (;;) {
      const piece = await inTime(pieces.next(), stallMs);
      if (piece.done === true) return;
      yield piece.value;
    }
  } finally {
    arriving.delete(raw);
    if (!raw.complete) {
      letArrive(request, reply);
      raw.resume();
    }
  }
}

async function inTime<T>(piece: Promise<T>, stallMs: number): Promise<T> {
  let patience: NodeJS.Timeout | undefined;
  const stalled = new Promise<never>((_, reject) => {
    patience = setTimeout(() => {
      reject(
        new Problem(
          'request-timeout',
          `Nothing of the body came for ${stallMs / 1000} seconds. Nothing was changed.`,
        ),
      );
    }, stallMs);
  });
  try {
    return await Promise.race([piece, stalled]);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('malformed-body', 'The body was cut off. Nothing was changed.', [], {
      cause: error,
    });
  } finally {
    clearTimeout(patience);
  }
}
