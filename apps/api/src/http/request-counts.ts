import { type FastifyInstance } from 'fastify';
import { Histogram, SECONDS } from '#observability';

/** What a client that went before its answer was sent is counted as. */
export const ABORTED = 'aborted';
/** Names of methods are made up as easily as URLs. */
const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
]);

/** The requests of one method to one route. */
export class RouteCounts {
  /** From the first byte to the last one of the answer, seconds. */
  readonly durations = new Histogram(SECONDS);
  readonly statuses = new Map<number | typeof ABORTED, number>();

  constructor(
    readonly method: string,
    readonly route: string,
  ) {}
}

/** How many requests there were, by route pattern, method and status, and how long they took. */
export class RequestCounts {
  private readonly byRoute = new Map<string, Map<string, RouteCounts>>();
  /** Those that are not answered yet. */
  inFlight = 0;

  get all(): RouteCounts[] {
    return [...this.byRoute.values()].flatMap((methods) => [...methods.values()]);
  }

  /**
   * @param route the pattern, never what was asked
   * @param duration milliseconds
   */
  count(method: string, route: string, status: number | typeof ABORTED, duration: number): void {
    const known = METHODS.has(method) ? method : 'other';
    const counts = this.byRoute.get(route)?.get(known) ?? this.add(known, route);
    counts.durations.observe(duration / 1000);
    counts.statuses.set(status, (counts.statuses.get(status) ?? 0) + 1);
  }

  private add(method: string, route: string): RouteCounts {
    const methods = this.byRoute.get(route) ?? new Map<string, RouteCounts>();
    const counts = new RouteCounts(method, route);
    methods.set(method, counts);
    this.byRoute.set(route, methods);
    return counts;
  }
}

/** Counts what Fastify answers. */
export function countRequests(fastify: FastifyInstance, counts: RequestCounts): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    counts.inFlight++;
    const { raw } = reply;
    raw.once('close', () => {
      counts.inFlight--;
      const status = raw.writableFinished ? reply.statusCode : ABORTED;
      const route = request.routeOptions.url ?? 'unknown';
      counts.count(request.method, route, status, reply.elapsedTime);
    });
    done();
  });
}
