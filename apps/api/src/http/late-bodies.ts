import { type FastifyReply, type FastifyRequest } from 'fastify';

/** How long a client may go on sending what nobody reads, milliseconds. */
const PATIENCE_MS = 30_000;

/**
 * Lets the rest of a body come that is refused already. If the connection were closed at once, the
 * system would throw away the refusal with what is still unread, and the client never learn of it.
 */
export function letArrive({ raw }: FastifyRequest, reply: FastifyReply): void {
  // Fastify would close it. Without that Node takes what is left, and throws it away.
  void reply.removeHeader('connection');
  const { socket } = raw;
  const tooLong = setTimeout(() => {
    if (!raw.complete) socket.destroy();
  }, PATIENCE_MS);
  tooLong.unref();
  raw.once('close', () => {
    clearTimeout(tooLong);
  });
}
