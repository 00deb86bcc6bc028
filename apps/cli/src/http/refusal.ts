import { STATUS_CODES } from 'node:http';
import { type Ending } from '../exit-codes.js';
import { Failure } from '../failure.js';
import { parseJson } from './exact-json.js';
import { list, object, optional, ShapeError, text } from './shape.js';

/** What of a problem document (RFC 9457) is said to people. */
const Problem = object({
  code: text,
  detail: text,
  errors: optional(list(object({ field: text, message: text }))),
});

/**
 * What an answer that is no success means.
 * @param server as the user named it
 */
export function refusal(server: string, response: Response, body: string): Failure {
  const { status, headers } = response;
  if (status >= 300 && status < 400) {
    const target = headers.get('location') ?? 'nowhere';
    return new Failure(
      'notTempora',
      `${server} sends elsewhere, to ${target}. Tokens are not carried there: name the right --server.`,
      'redirected',
    );
  }
  try {
    const { code, detail, errors } = Problem(parseJson(body), 'problem');
    const remarks = (errors ?? []).map(({ field, message }) => `${field}: ${message}`);
    const first = remarks.length === 1 && detail === remarks[0];
    return new Failure(
      endingOf(status),
      detail + hint(status, headers.get('retry-after')),
      code,
      first ? [] : remarks,
    );
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof ShapeError)) throw error;
  }
  const name = STATUS_CODES[status] ?? 'unknown';
  return new Failure(
    status === 429 || status >= 500 ? 'unavailable' : 'notTempora',
    `${server} answered ${status} (${name}), and not as Tempora does: something in between, or a wrong address.`,
    'foreign-answer',
  );
}

function endingOf(status: number): Ending {
  if (status === 404) return 'notFound';
  if (status === 401 || status === 403) return 'notAllowed';
  if (status === 409) return 'conflict';
  return status === 429 || status >= 500 ? 'unavailable' : 'invalid';
}

function hint(status: number, retryAfter: string | null): string {
  if (status === 401) return ' (Where a token is looked for: tempora whoami --help)';
  return retryAfter === null ? '' : ` Try again after ${retryAfter} s.`;
}
