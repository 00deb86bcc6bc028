import { type IncomingMessage, type RequestListener, type ServerOptions } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { type Config } from '#config';
import { type DatabaseConnection, type Log } from '#database';
import { type Tracing } from '#observability';
import { AppModule } from './app.module.js';
import { Access } from './auth/access.js';
import { guardRoutes } from './auth/guard-routes.js';
import { Lifecycle } from '#health';
import { dropInForm } from './cdb-rest/drop-in-form.js';
import { ReadyResolve } from './cdb-rest/ready-resolve.js';
import { AllowedMethods } from './http/allowed-methods.js';
import { clientAddress } from './http/client-address.js';
import { QueryWatch, type SlowQuery } from './database/query-watch.js';
import { type ClosedDoor } from './http/closed-door.js';
import { allowOrigins, fieldsWithoutOrigin } from './http/cors.js';
import { writeJson } from './http/int64-json.js';
import { ExpressLane } from './http/express-lane.js';
import { readJsonBodies } from './http/json-bodies.js';
import { compressStreams } from './http/compressed-streams.js';
import { protectPages } from './http/page-protection.js';
import { ProblemFilter } from './http/problem.filter.js';
import { logOutput } from './http/log-output.js';
import { limitRate } from './http/rate-limit.js';
import { limitRequests } from './http/request-limits.js';
import { countRequests, RequestCounts } from './http/request-counts.js';
import { logRequests, requestId } from './http/request-log.js';
import { traceRequests } from './http/request-traces.js';
import { dropStalledClients } from './http/stalled-clients.js';
import { UnreadableRequests } from './http/unreadable-requests.js';
import { logAdapter } from './log-adapter.js';
import { Metrics } from './metrics/metrics.js';
import { serveMetrics } from './metrics/serve-metrics.js';
import { serveOpenApi } from './openapi.js';

/** Between two requests, longer than the minute after which proxies in front give up a connection. */
const KEEP_ALIVE_MS = 72_000;
/** How long the head of a request may take to arrive. */
const HEAD_MS = 30_000;
/** How often Node looks for requests that do not arrive. */
const LOOK_MS = 30_000;

/** Names of lists have at most 255 characters, each at most 12 in a path when encoded. */
const MAX_PATH_PART = 255 * 12;

/**
 * The application, ready to listen: main and the tests both build it here.
 * @param door may still be closed
 */
export async function createApp(
  config: Config,
  connection: DatabaseConnection,
  door?: ClosedDoor,
  tracing?: Tracing,
): Promise<NestFastifyApplication> {
  const nativeMethods = new AllowedMethods('/api/v1/');
  const forms = [dropInForm];
  const problems = new ProblemFilter(forms, nativeMethods);
  const unreadable = new UnreadableRequests(forms, config.http.maxHeaderBytes);
  const { corsOrigins, rateLimitPerMinute, trustedProxies } = config.http;
  const addressOf = clientAddress(trustedProxies);
  const requests = new RequestCounts();
  const lane = new ExpressLane(addressOf, requests, tracing);
  const adapter = new FastifyAdapter({
    logger: { level: config.logLevel, stream: logOutput() },
    logController: new LogController({ disableRequestLogging: true }),
    requestIdHeader: false,
    genReqId: requestId,
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    bodyLimit: config.http.maxBodyBytes,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PATH_PART },
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      problems.answer(error, request, reply);
    },
    clientErrorHandler: unreadable.answer,
    serverFactory: (handler: RequestListener) => lane.server(serverOptions(config), handler),
    // Keep-alive connections that are idle do not hold up a stop.
    forceCloseConnections: 'idle',
    // Who is connected while it stops is answered as ever, and told that it does by readiness.
    return503OnClosing: false,
  });
  const fastify = adapter.getInstance();
  unreadable.watch(fastify.server);
  fastify.setReplySerializer(writeJson);
  nativeMethods.watch(fastify);
  readJsonBodies(adapter);
  countRequests(fastify, requests);
  if (tracing !== undefined) traceRequests(fastify, tracing);
  logRequests(fastify, addressOf);
  const limits = limitRequests(fastify, config.http.maxConnections);
  if (corsOrigins.length > 0) await allowOrigins(fastify, corsOrigins);
  if (rateLimitPerMinute > 0) await limitRate(fastify, rateLimitPerMinute);
  protectPages(fastify, '/api/docs');
  door?.guard(fastify);
  const log: Log = {
    info: (message) => {
      fastify.log.info(message);
    },
    warn: (message) => {
      fastify.log.warn(message);
    },
  };
  const access = await Access.open(config.auth, log);
  fastify.addHook('onClose', (_instance, done) => {
    access.close();
    done();
  });
  guardRoutes(fastify, access);
  compressStreams(fastify);
  dropStalledClients(fastify, config.http.streamStallMs);
  const tellSlow = (slow: SlowQuery): void => {
    fastify.log.warn(slow, 'slow query');
  };
  const watch = new QueryWatch(config.database.slowQueryMs, tellSlow, tracing);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with({
      ...{ config, connection, access, log, watch },
      door: {
        requests,
        connections: limits.connections,
        migrationsPending: () => door?.isClosed === true,
      },
    }),
    adapter,
    { logger: logAdapter(fastify.log), abortOnError: false, bodyParser: false },
  );
  app.useGlobalFilters(problems);
  serveOpenApi(app);
  const metrics = app.get(Metrics, { strict: false });
  if (config.http.metricsPort === null) serveMetrics(fastify, () => metrics.text);
  const resolves = app.get(ReadyResolve, { strict: false });
  const lifecycle = app.get(Lifecycle, { strict: false });
  // Where readers are asked for a token, all go the way on which they are.
  if (config.auth.readsNeedToken) return app;
  // Whoever is connected while it stops is told that this was the last answer.
  const isOrdinary = (request: IncomingMessage): boolean =>
    !lifecycle.stopping &&
    !limits.refuses(request) &&
    (corsOrigins.length === 0 || request.headers.origin === undefined);
  // Whoever is counted is counted on the way of all others.
  if (rateLimitPerMinute === 0) {
    lane.open(
      (request) => (isOrdinary(request) ? resolves.answer(request.url) : undefined),
      fastify.log,
      fieldsWithoutOrigin(corsOrigins),
    );
  }
  return app;
}

function serverOptions({ http: { maxHeaderBytes, requestTimeoutMs } }: Config): ServerOptions {
  return {
    maxHeaderSize: maxHeaderBytes,
    // Without a host Node would answer without a word.
    requireHostHeader: false,
    headersTimeout: Math.min(HEAD_MS, requestTimeoutMs),
    // What a request takes once it is here is limited statement by statement.
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(LOOK_MS, requestTimeoutMs),
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
}
