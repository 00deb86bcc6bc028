import { type RequestListener } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { type Config } from '#config';
import { type DatabaseConnection } from '#database';
import { AppModule } from './app.module.js';
import { Lifecycle } from '#health';
import { dropInForm } from './cdb-rest/drop-in-form.js';
import { ReadyResolve } from './cdb-rest/ready-resolve.js';
import { AllowedMethods } from './http/allowed-methods.js';
import { type ClosedDoor } from './http/closed-door.js';
import { writeJson } from './http/int64-json.js';
import { ExpressLane } from './http/express-lane.js';
import { readJsonBodies } from './http/json-bodies.js';
import { compressStreams } from './http/compressed-streams.js';
import { ProblemFilter } from './http/problem.filter.js';
import { logOutput } from './http/log-output.js';
import { logRequests, requestId } from './http/request-log.js';
import { dropStalledClients } from './http/stalled-clients.js';
import { logAdapter } from './log-adapter.js';
import { serveOpenApi } from './openapi.js';

/**
 * How long clients are waited for, milliseconds: between two requests, longer than the minute after
 * which proxies in front give up a connection; for the head of a request, and for all of it. What a
 * request takes once it is here has no limit.
 */
const PATIENCE = { keepAliveTimeout: 72_000, headersTimeout: 30_000, requestTimeout: 300_000 };

/** Tag names have at most 80 characters, each at most 12 in a path when encoded. */
const MAX_PATH_PART = 1024;

/**
 * The application, ready to listen: main and the tests both build it here.
 * @param door may still be closed
 */
export async function createApp(
  config: Config,
  connection: DatabaseConnection,
  door?: ClosedDoor,
): Promise<NestFastifyApplication> {
  const nativeMethods = new AllowedMethods('/api/v1/');
  const problems = new ProblemFilter([dropInForm], nativeMethods);
  const lane = new ExpressLane();
  const adapter = new FastifyAdapter({
    logger: { level: config.logLevel, stream: logOutput() },
    logController: new LogController({ disableRequestLogging: true }),
    requestIdHeader: false,
    genReqId: requestId,
    bodyLimit: config.http.maxBodyBytes,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PATH_PART },
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      problems.answer(error, request, reply);
    },
    serverFactory: (handler: RequestListener) => lane.server(PATIENCE, handler),
    // Keep-alive connections that are idle do not hold up a stop.
    forceCloseConnections: 'idle',
    // Who is connected while it stops is answered as ever, and told that it does by readiness.
    return503OnClosing: false,
  });
  const fastify = adapter.getInstance();
  fastify.setReplySerializer(writeJson);
  nativeMethods.watch(fastify);
  readJsonBodies(adapter);
  logRequests(fastify);
  door?.guard(fastify);
  compressStreams(fastify);
  dropStalledClients(fastify, config.http.streamStallMs);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with(config, connection, {
      info: (message) => {
        fastify.log.info(message);
      },
      warn: (message) => {
        fastify.log.warn(message);
      },
    }),
    adapter,
    { logger: logAdapter(fastify.log), abortOnError: false, bodyParser: false },
  );
  app.useGlobalFilters(problems);
  serveOpenApi(app);
  const resolves = app.get(ReadyResolve, { strict: false });
  const lifecycle = app.get(Lifecycle, { strict: false });
  // Whoever is connected while it stops is told that this was the last answer.
  lane.open((url) => (lifecycle.stopping ? undefined : resolves.answer(url)), fastify.log);
  return app;
}
