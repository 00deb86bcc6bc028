import { type Command } from 'commander';
import { withExamples } from '../examples.js';
import { Failure } from '../failure.js';
import { type ApiClient } from '../http/api-client.js';
import { dictionary, object, optional, text } from '../http/shape.js';
import { type OpenSession } from '../session.js';
import { Whoami } from './whoami.js';

const Index = object({ version: optional(text), iov_mode: optional(text) });
const Health = object({ status: text, details: dictionary(object({ status: text })) });

/** What a mode means for whoever types an end. */
const MODES: Readonly<Record<string, string>> = {
  continuous: 'continuous: an end is the first moment outside',
  discrete: 'discrete: an end is the last moment inside',
};

export function addStatus(program: Command, open: OpenSession): void {
  const command = program
    .command('status')
    .description(
      'Which server this is, whether it and its databases are well, and who it takes you for.\n\n' +
        'Ends with 8 if the server is not ready.',
    )
    .action(async (_options: object, called: Command) => {
      const { api, output } = open(called);
      const health = await api.getOutside('/health/ready', Health, [503]);
      const { version = 'unknown', iov_mode = 'unknown' } = await api.getOutside('/api/v1', Index);
      const subject = await subjectOf(api);
      const checks = Object.entries(health.details);
      const { status } = health;
      const told = {
        server: api.server,
        version,
        iov_mode,
        status,
        subject,
        checks: health.details,
      };
      await output.show(told, () => [
        ...output.fields({
          server: api.server,
          version,
          intervals: MODES[iov_mode] ?? iov_mode,
          'who you are': subject ?? 'nobody in particular',
          status,
        }),
        '',
        ...output.table(checks, [
          { title: 'check', cell: ([name]) => name },
          { title: 'status', cell: ([, check]) => check.status },
          { title: 'more', cell: ([, check]) => moreOf(check) },
        ]),
      ]);
      if (status !== 'ok' && status !== 'degraded') {
        throw new Failure('unavailable', `The server is not ready: ${status}.`, 'not-ready');
      }
    });
  withExamples(command, 'tempora status');
}

/** Nobody where the server will not say, as one that takes only tokens does. */
async function subjectOf(api: ApiClient): Promise<string | null> {
  try {
    return (await api.get('whoami', Whoami)).subject;
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

/** What a check says besides its status: `role: primary, lag: 0`. */
function moreOf(check: object): string {
  return Object.entries(check)
    .filter(([name, value]) => name !== 'status' && typeof value !== 'object')
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(', ');
}
