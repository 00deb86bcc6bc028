import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type RequestSpan, type Tracing } from '#observability';

/** They come every few seconds, and tell nothing. */
const UNTRACED = /^\/(health\/|metrics$)/;

/** A span for each request, and inside of it what is done for it. */
export function traceRequests(fastify: FastifyInstance, tracing: Tracing): void {
  const spans = new WeakMap<FastifyRequest, RequestSpan>();
  fastify.addHook('onRequest', (request, reply, done) => {
    const { url = 'unknown' } = request.routeOptions;
    if (UNTRACED.test(url)) {
      done();
      return;
    }
    const span = tracing.request(request.method, request.headers, request.id);
    spans.set(request, span);
    const { raw } = reply;
    raw.once('close', () => {
      span.end(url, raw.writableFinished ? reply.statusCode : undefined);
    });
    span.within(done);
  });
  // The body arrives outside of it.
  fastify.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request);
    if (span === undefined) done();
    else span.within(done);
  });
}
