import { type FastifyInstance, type FastifyRequest, type RouteOptions } from 'fastify';
import { EVERYTHING, globalTag, type PermissionObject } from '#auth';
import { type Access } from './access.js';
import { Caller } from './caller.js';
import { unauthenticated } from './permissions.js';
import { type RouteAccess } from './route-access.js';

const READING_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const NATIVE = '/api/v1/';
const DROP_IN = '/api/cdb_rest/';
/** Paths that name the global tags they read. */
const TAGS_IN_PATH = /\/(?:global-tags|globalTag|gtPayloadLists|diff)\/:(\w+)/g;

/**
 * Asks whoever calls a route that is added from now on who they are, before anything else is read of
 * the request: on each that writes, and where reading needs a token on each that reads. Other routes
 * get no hook at all, so that open reads cost nothing.
 * @throws Error for a route that may write and does not say what: it is never served
 */
export function guardRoutes(fastify: FastifyInstance, access: Access): void {
  fastify.decorateRequest('caller', null);
  fastify.addHook('onRoute', (route) => {
    switch (kindOf(route)) {
      case 'writes':
        before(route, async (request) => {
          const caller = await callerOf(request, access);
          if (access.config.enforced && caller.identity === null) throw unauthenticated();
          request.caller = caller;
        });
        break;
      case 'anybody':
        before(route, async (request) => {
          request.caller = await callerOf(request, access);
        });
        break;
      case 'read':
        if (access.config.readsNeedToken && isOfProtocol(route.url)) guardRead(route, access);
    }
  });
}

function kindOf({ url, method, config }: RouteOptions): 'writes' | 'anybody' | 'read' {
  const said: RouteAccess | undefined = config?.access;
  if (typeof said === 'string') return said;
  if (said !== undefined) return 'writes' in said ? 'writes' : 'read';
  if ([method].flat().every((each) => READING_METHODS.has(each))) return 'read';
  throw new Error(
    `${String(method)} ${url} may write, but does not say what: @Writes(…) is missing.`,
  );
}

function isOfProtocol(url: string): boolean {
  return url.startsWith(NATIVE) || url.startsWith(DROP_IN);
}

type Hook = (request: FastifyRequest) => Promise<void>;

function before(route: RouteOptions, hook: Hook): void {
  route.onRequest = [hook, ...[route.onRequest ?? []].flat()];
}

function guardRead(route: RouteOptions, access: Access): void {
  const tagsOf = tagsReadBy(route);
  before(route, async (request) => {
    const { identity } = await callerOf(request, access);
    if (identity === null) throw unauthenticated();
    for (const object of objectsOf(tagsOf(request))) {
      access.permissions.demand(identity, 'read', object);
    }
  });
  // An answer for one person is none for the caches on the way to others.
  route.onSend = [
    async (_request, reply) => {
      const control = reply.getHeader('cache-control');
      if (typeof control === 'string') {
        void reply.header('cache-control', control.replace(/\bpublic\b/, 'private'));
      }
    },
    ...[route.onSend ?? []].flat(),
  ];
}

/** The names of the tags that a request reads; undefined where it may read any. */
function tagsReadBy({
  url,
  config,
}: RouteOptions): (request: FastifyRequest) => string | string[] | undefined {
  const said = config?.access;
  if (typeof said === 'object' && 'readsTag' in said) {
    return ({ query }) => (query as Record<string, string | string[] | undefined>)[said.readsTag];
  }
  const parameters = [...url.matchAll(TAGS_IN_PATH)].map(([, parameter = '']) => parameter);
  if (parameters.length === 0) return () => undefined;
  return ({ params }) =>
    parameters.map((parameter) => (params as Record<string, string>)[parameter] ?? '');
}

function objectsOf(tags: string | string[] | undefined): PermissionObject[] {
  return tags === undefined ? [EVERYTHING] : [tags].flat().map(globalTag);
}

async function callerOf(request: FastifyRequest, access: Access): Promise<Caller> {
  const { headers, routeOptions, ip, id } = request;
  const identity = await access.authenticator.identify(headers.authorization);
  return new Caller(access.permissions, identity, {
    protocol: routeOptions.url?.startsWith(DROP_IN) === true ? 'drop-in' : 'native',
    address: ip,
    requestId: id,
  });
}
