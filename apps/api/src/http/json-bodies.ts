import { isUtf8 } from 'node:buffer';
import { type FastifyAdapter } from '@nestjs/platform-fastify';
import { Problem } from '#problems';
import { parseJson } from './int64-json.js';

/** JSON, one object a line. */
export const NDJSON = 'application/x-ndjson';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its body is {@link NDJSON}, of any length, and read by the route as it comes. */
    bodyInLines?: boolean;
  }
}

const JSON_TYPE = /^application\/([\w.-]+\+)?json\s*(;|$)/i;

/**
 * Bodies are JSON and say so: what a form of another site can send without being asked is refused,
 * and so is what does not say what it is. An empty body is none, whatever it is called.
 */
export function readJsonBodies(adapter: FastifyAdapter): void {
  adapter.getInstance().removeAllContentTypeParsers();
  adapter.useBodyParser(JSON_TYPE, false, {}, (_request, body, done) => {
    try {
      done(null, jsonOf(body));
    } catch (error) {
      if (error instanceof Problem) done(error, undefined);
      else
        done(
          Object.assign(new SyntaxError((error as Error).message), { statusCode: 400 }),
          undefined,
        );
    }
  });
  adapter.getInstance().addContentTypeParser(NDJSON, ({ headers, routeOptions }, payload, done) => {
    if (routeOptions.config.bodyInLines === true) done(null, payload);
    else done(notJson(headers['content-type']));
  });
  adapter.useBodyParser('*', false, {}, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else done(notJson(request.headers['content-type']), undefined);
  });
}

function jsonOf(body: Buffer): unknown {
  if (!isUtf8(body)) throw new SyntaxError('it is not UTF-8');
  const text = body.toString('utf8');
  return text.trim() === '' ? undefined : parseJson(text);
}

/** The refusal of a body of another type, or of none. */
export function notJson(contentType = ''): Problem {
  return notOfType(contentType, 'JSON', 'application/json');
}

/** The same where it is to come in lines. */
export function notLines(contentType = ''): Problem {
  return notOfType(contentType, 'JSON in lines', NDJSON);
}

function notOfType(contentType: string, what: string, wanted: string): Problem {
  const type = contentType.split(';', 1)[0]?.trim() ?? '';
  const came = type === '' ? 'does not say what it is' : `is said to be ${type.slice(0, 100)}`;
  return new Problem(
    'unsupported-media-type',
    `The body ${came}, but only ${what} is read: send it with the header ` +
      `Content-Type: ${wanted} (curl: -H 'Content-Type: ${wanted}').`,
  );
}
