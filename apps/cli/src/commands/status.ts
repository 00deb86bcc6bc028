import { type Command } from 'commander';
import { withExamples } from '../examples.js';
import { dictionary, object, text } from '../http/shape.js';
import { type OpenSession } from '../session.js';
import { Whoami } from './whoami.js';

const Health = object({ status: text, details: dictionary(object({ status: text })) });

export function addStatus(program: Command, open: OpenSession): void {
  const command = program
    .command('status')
    .description('Whether the server and its databases are well.')
    .action(async (_options: object, called: Command) => {
      const { api, output } = open(called);
      const health = await api.getOutside('/health/ready', Health, [503]);
      const who = await api.get('whoami', Whoami);
      const checks = Object.entries(health.details);
      await output.show(
        {
          server: api.server,
          status: health.status,
          checks: health.details,
          subject: who.subject,
        },
        () => [
          ...output.fields({
            server: api.server,
            status: health.status,
            'who you are': who.subject ?? 'nobody in particular',
          }),
          '',
          ...output.table(checks, [
            { title: 'check', cell: ([name]) => name },
            { title: 'status', cell: ([, check]) => check.status },
          ]),
        ],
      );
    });
  withExamples(command, 'tempora status');
}
