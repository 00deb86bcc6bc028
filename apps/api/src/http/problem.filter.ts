import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  NotFoundException,
} from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Problem, problemOf } from '#problems';
import { type AllowedMethods } from './allowed-methods.js';
import { notJson } from './json-bodies.js';
import { letArrive } from './late-bodies.js';
import { formOf, type ProblemForm } from './problem-form.js';

/** Answers every error: in the form of the protocol it was asked in, else as RFC 9457. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly forms: readonly ProblemForm[],
    private readonly allowed: AllowedMethods,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** The same for what fails before there is a route. */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const problem =
      this.otherMethod(error, request, reply) ?? requestProblem(error, request) ?? problemOf(error);
    if (problem.code === 'internal-error') {
      request.log.error({ err: error }, 'a defect of the service');
    } else if (problem.status >= 500) {
      request.log.warn({ err: problem.cause ?? problem }, problem.detail);
    }
    if (reply.sent) return;
    if (problem.challenge !== undefined) void reply.header('www-authenticate', problem.challenge);
    // By route, where there is one: the same path can be spelled in many ways.
    const form = formOf(this.forms, request.routeOptions.url ?? request.url);
    const { status, type, retryAfter, body } = form.answer(problem, request.url);
    if (problem.code === 'body-too-large') letArrive(request, reply);
    if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
    void reply
      .code(status)
      .type(type)
      .header('x-content-type-options', 'nosniff')
      .serializer(JSON.stringify)
      .send(body);
  }

  /** The refusal of a method that the path does not have, where it has others. */
  private otherMethod(
    error: unknown,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Problem | undefined {
    if (!(error instanceof NotFoundException)) return undefined;
    const methods = this.allowed.of(pathOf(request)).join(', ');
    if (methods === '') return undefined;
    void reply.header('allow', methods);
    const detail = `There is no ${request.method} ${pathOf(request)}, but ${methods}.`;
    return new Problem('method-not-allowed', detail);
  }
}

/** What Fastify and Nest refuse before any of our code runs. */
function requestProblem(error: unknown, request: FastifyRequest): Problem | undefined {
  if (error instanceof Problem || !(error instanceof Error)) return undefined;
  if (error instanceof SyntaxError && 'statusCode' in error) {
    return new Problem('malformed-body', `The body is not valid JSON: ${error.message}.`);
  }
  const status = error instanceof HttpException ? error.getStatus() : statusCodeOf(error);
  if ('code' in error && error.code === 'FST_ERR_BAD_URL') {
    return new Problem('invalid-request', 'The path is not well encoded.');
  }
  switch (status) {
    case 414:
      return new Problem('route-not-found', 'A part of the path is longer than any name.');
    case 403: // A file outside of those of the documentation.
    case 404:
      return new Problem('route-not-found', `There is no ${request.method} ${pathOf(request)}.`);
    case 413:
      return new Problem(
        'body-too-large',
        `The body is larger than ${request.routeOptions.bodyLimit / 2 ** 20} MB, the most that this server takes.`,
      );
    case 415:
      return notJson(request.headers['content-type']);
    case 503:
      return new Problem('overloaded', 'The server is shutting down. Try again in a moment.');
    default:
      return status !== undefined && status >= 400 && status < 500
        ? new Problem(isOfBody(error) ? 'malformed-body' : 'invalid-request', error.message)
        : undefined;
  }
}

/** Fastify calls what it finds wrong while it reads a body so. */
function isOfBody(error: Error): boolean {
  return 'code' in error && String(error.code).startsWith('FST_ERR_CTP_');
}

function statusCodeOf(error: Error): number | undefined {
  return 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined;
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? request.url;
}
