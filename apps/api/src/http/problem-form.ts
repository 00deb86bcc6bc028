import { type Problem } from '#problems';

/** A problem as it is sent. */
interface ProblemAnswer {
  readonly status: number;
  readonly type: string;
  /** Seconds after which to try again, where that helps. */
  readonly retryAfter?: number;
  readonly body: object;
}

/** How a protocol writes a problem. */
export interface ProblemForm {
  /** Paths that start so are answered in this form. */
  readonly prefix: string;
  /** @param url path and query as they were asked for, if that much is known */
  answer(problem: Problem, url: string | undefined): ProblemAnswer;
}

/** The form of all that no protocol has a form for. */
const rfc9457: ProblemForm = {
  prefix: '',
  answer(problem, url) {
    const { code, kind, status, detail, errors } = problem;
    return {
      status,
      type: 'application/problem+json',
      ...(status === 503 ? { retryAfter: 2 } : {}),
      body: {
        type: `urn:tempora:problem:${code}`,
        title: kind.title,
        status,
        code,
        detail,
        ...(url === undefined ? {} : { instance: url }),
        ...(errors.length > 0 ? { errors } : {}),
      },
    };
  },
};

/** The form for a path: that of the protocol it belongs to, else RFC 9457. */
export function formOf(forms: readonly ProblemForm[], url: string | undefined): ProblemForm {
  return forms.find(({ prefix }) => url?.startsWith(prefix) === true) ?? rfc9457;
}
