import { type FastifyInstance } from 'fastify';
import { EXPOSITION_TYPE } from '#observability';

export const METRICS_PATH = '/metrics';

export const HEAD = { 'content-type': EXPOSITION_TYPE, 'cache-control': 'no-store' } as const;

/**
 * Tells them to whoever asks, as the probes do: they have neither secrets nor names of conditions. It is asked every few seconds: the log has no
 * line for it.
 */
export function serveMetrics(fastify: FastifyInstance, text: () => string): void {
  fastify.get(METRICS_PATH, { logLevel: 'warn' }, (_request, reply) => {
    void reply.headers(HEAD).send(text());
  });
}
