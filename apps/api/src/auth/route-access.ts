import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiExtension, ApiSecurity } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { type Action } from '#auth';
import { type Caller } from './caller.js';

/** What a route lets somebody do. Whatever does not only read must say so. */
export type RouteAccess =
  | 'read'
  | 'anybody'
  /** It reads the one global tag that a parameter of the query names. */
  | { readonly readsTag: string }
  | { readonly writes: readonly Action[] };

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess;
  }
  interface FastifyRequest {
    /** Whoever asks; null on routes that only read. */
    caller: Caller | null;
  }
}

/** A route that changes something: which rights it asks for, of whoever has a good token. */
export function Writes(...actions: [Action, ...Action[]]): MethodDecorator {
  return applyDecorators(
    RouteConfig({ access: { writes: actions } satisfies RouteAccess }),
    ApiBearerAuth(),
    ApiExtension('x-rights', actions),
  );
}

/** The same, of a route whose body is JSON in lines, of any length, and read as it comes. */
export function WritesLines(...actions: [Action, ...Action[]]): MethodDecorator {
  return applyDecorators(
    Writes(...actions),
    RouteConfig({ access: { writes: actions } satisfies RouteAccess, bodyInLines: true }),
  );
}

/** A route that only reads, though its method is one of those that change something. */
export const OnlyReads = (): MethodDecorator =>
  RouteConfig({ access: 'read' satisfies RouteAccess });

/** A route that reads the one global tag that a parameter of the query names. */
export const ReadsTag = (parameter: string): MethodDecorator =>
  RouteConfig({ access: { readsTag: parameter } satisfies RouteAccess });

/** A route for everybody, with or without a token, also where reading needs one. */
export const ForAnybody = (): MethodDecorator =>
  applyDecorators(
    RouteConfig({ access: 'anybody' satisfies RouteAccess }),
    ApiBearerAuth(),
    ApiSecurity({}),
  );

/** Who asks: of a route that {@link Writes}, or is {@link ForAnybody}. */
export const By = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  return callerOf(context.switchToHttp().getRequest<FastifyRequest>());
});

function callerOf({ caller, routeOptions }: FastifyRequest): Caller {
  if (caller !== null) return caller;
  throw new Error(`Nobody was asked who they are by ${String(routeOptions.url)}.`);
}
