import { Readable } from 'node:stream';
import { type FastifyInstance } from 'fastify';

/**
 * Breaks off an answer that is streamed, and so holds something open here, to a client that takes
 * nothing of it for so long. While nothing is there to be taken nobody is to blame.
 */
export function dropStalledClients(fastify: FastifyInstance, stallMs: number): void {
  fastify.addHook('onSend', async (request, reply, payload) => {
    if (!(payload instanceof Readable)) return;
    // Node lets the time begin anew whenever the system takes a part of what is to be sent.
    reply.raw.setTimeout(stallMs, () => {
      if (reply.raw.writableLength === 0) return;
      request.log.warn('A client has stopped reading: its answer is broken off');
      reply.raw.destroy();
    });
  });
}
