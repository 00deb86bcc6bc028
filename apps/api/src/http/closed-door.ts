import { type FastifyInstance } from 'fastify';
import { Problem } from '#problems';

/** Answers every question of both protocols with a problem, for as long as there is one. */
export class ClosedDoor {
  constructor(private problem: Problem | undefined) {}

  guard(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, _reply, done) => {
      // By route, where there is one: the same path can be spelled in many ways.
      const asked = /^\/api\/(v1|cdb_rest)\//.test(request.routeOptions.url ?? request.url);
      done(asked ? this.problem : undefined);
    });
  }

  get isClosed(): boolean {
    return this.problem !== undefined;
  }

  open(): void {
    this.problem = undefined;
  }
}
