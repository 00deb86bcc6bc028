import cors from '@fastify/cors';
import { type FastifyInstance } from 'fastify';

/** What scripts may read of an answer, beside what they always may. */
const EXPOSED = [
  ...['ETag', 'Valid-From', 'Valid-Until', 'Cache-Status', 'Tempora-Stale', 'Location', 'Allow'],
  ...['Retry-After', 'WWW-Authenticate', 'X-Request-Id'],
];
/** What scripts may send. */
const ALLOWED = ['Authorization', 'Content-Type', 'If-None-Match', 'X-Request-Id'];
const PREFLIGHT_S = 600;

/**
 * Lets pages of other origins ask, with a token of theirs if need be: there are no cookies, so that
 * no page can act for somebody who is logged in elsewhere.
 * @param origins at least one; `*` is any
 */
export async function allowOrigins(
  fastify: FastifyInstance,
  origins: readonly string[],
): Promise<void> {
  await fastify.register(cors, {
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ALLOWED,
    exposedHeaders: EXPOSED,
    maxAge: PREFLIGHT_S,
  });
}

/** What an answer says to who names no origin, for caches on the way: name, value, name, value. */
export function fieldsWithoutOrigin(origins: readonly string[]): readonly string[] {
  if (origins.length === 0) return [];
  if (!origins.includes('*')) return ['vary', 'Origin'];
  return [
    ...['access-control-allow-origin', '*'],
    ...['access-control-expose-headers', EXPOSED.join(', ')],
  ];
}
