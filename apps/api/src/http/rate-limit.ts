import { createHash } from 'node:crypto';
import rateLimit from '@fastify/rate-limit';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { Problem } from '#problems';

const MINUTE_MS = 60_000;
/** How many clients are told apart at once; beyond, who has not asked for longest is forgotten. */
const MAX_CLIENTS = 50_000;
/** Probes and the documentation are free. */
const LIMITED = /^\/api\/(v1|cdb_rest)\b/;

/**
 * Counts the requests of each client, in this process, and refuses those above the limit: by token
 * where there is one, else by address (of IPv6 the network, 64 bits). Until a token has been let
 * through within a minute its address is asked and counts, too: tokens that are made up are no way
 * around.
 * @param perMinute > 0
 */
export async function limitRate(fastify: FastifyInstance, perMinute: number): Promise<void> {
  const each = { max: perMinute, timeWindow: MINUTE_MS, cache: MAX_CLIENTS };
  await fastify.register(rateLimit, { global: false, ...each });
  const byAddress = fastify.createRateLimit(each);
  const byToken = fastify.createRateLimit({ ...each, keyGenerator: tokenHash });

  fastify.addHook('onRequest', async (request, reply) => {
    // By route: the same path can be spelled in many ways. What has none is no way around, either.
    const { url } = request.routeOptions;
    if (url !== undefined && !LIMITED.test(url)) return;
    const refuseAbove = async (limit: typeof byAddress): Promise<void> => {
      const count = await limit(request);
      if (count.isAllowed || !count.isExceeded) return;
      const seconds = Math.max(1, count.ttlInSeconds);
      void reply.header('retry-after', String(seconds));
      throw new Problem(
        'too-many-requests',
        `More than ${perMinute} requests in a minute. Try again in ${seconds} seconds.`,
      );
    };
    if (request.headers.authorization === undefined) return refuseAbove(byAddress);
    const known = await byToken(request, { increment: false });
    if (!known.isAllowed && known.remaining === perMinute) await refuseAbove(byAddress);
    await refuseAbove(byToken);
  });
}

/** Tokens themselves are not kept. */
function tokenHash({ headers }: FastifyRequest): string {
  return createHash('sha256')
    .update(headers.authorization ?? '')
    .digest('base64');
}
