import { type IncomingMessage, type Server } from 'node:http';
import { type Socket } from 'node:net';
import { type FastifyInstance } from 'fastify';
import { Problem } from '#problems';
import { urlTooLong } from './url-length.js';

/** How many connections above the limit are told so; further ones are closed at once. */
const TOLD = 1_000;
/** Whoever looks after the service is answered. */
const PROBE = /^\/(health\/|metrics$)/;

export interface RequestLimits {
  /** How many clients are connected. */
  readonly connections: () => number;
  /** Whether a request is refused: quickly asked, for who answers before the route. */
  refuses(request: IncomingMessage): boolean;
}

/**
 * Refuses what is wrong with any request: too long a URL, no host, one connection too many. Probes
 * are answered on those, too: whoever restarts a busy server makes nothing better.
 * @param maxConnections how many clients may be connected at once
 */
export function limitRequests(fastify: FastifyInstance, maxConnections: number): RequestLimits {
  const { excess, count } = limitConnections(fastify.server, maxConnections);
  const isOneTooMany = ({ socket }: IncomingMessage): boolean =>
    excess.size > 0 && excess.has(socket);

  fastify.addHook('onRequest', ({ raw, url }, reply, done) => {
    if (!isOneTooMany(raw) || PROBE.test(url)) {
      done(isWithoutHost(raw) ? new Problem('malformed-request', NO_HOST) : urlTooLong(url));
      return;
    }
    void reply.header('connection', 'close').header('retry-after', '2');
    done(
      new Problem(
        'too-many-connections',
        `More than ${maxConnections} clients are connected. Try again in a moment.`,
      ),
    );
  });

  return {
    connections: count,
    refuses: (request) => isOneTooMany(request) || isWithoutHost(request),
  };
}

const NO_HOST = 'A request of HTTP/1.1 must have a header Host.';

function isWithoutHost({ headers, httpVersion }: IncomingMessage): boolean {
  return headers.host === undefined && httpVersion === '1.1';
}

/** @returns the connections that are above the limit, and how many there are in all */
function limitConnections(
  server: Server,
  max: number,
): { excess: ReadonlySet<Socket>; count: () => number } {
  const excess = new Set<Socket>();
  let open = 0;
  server.maxConnections = max + TOLD;
  server.on('connection', (socket) => {
    if (++open > max) excess.add(socket);
    socket.once('close', () => {
      open--;
      excess.delete(socket);
    });
  });
  return { excess, count: () => open };
}
