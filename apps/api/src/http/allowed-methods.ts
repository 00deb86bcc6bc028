import { type FastifyInstance } from 'fastify';

/** Which methods the paths below one prefix have: of a path that has others the client is told. */
export class AllowedMethods {
  private readonly routes: { path: RegExp; methods: string[] }[] = [];

  constructor(private readonly prefix: string) {}

  /** Notes the routes that are added from now on. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ url, method }) => {
      if (!url.startsWith(this.prefix)) return;
      const path = new RegExp(`^${url.replace(/:\w+/g, '[^/]+')}/?$`);
      this.routes.push({ path, methods: [method].flat() });
    });
  }

  /** @returns none for a path that is not there */
  of(path: string): string[] {
    if (!path.startsWith(this.prefix)) return [];
    const there = this.routes.filter((route) => route.path.test(path));
    return [...new Set(there.flatMap(({ methods }) => methods))].sort();
  }
}
