import { type Command } from 'commander';
import { withExamples } from '../examples.js';
import { query } from '../http/api-path.js';
import { list, nullable, object, text } from '../http/shape.js';
import { type OpenSession } from '../session.js';

export const Whoami = object({
  subject: nullable(text),
  issuer: nullable(text),
  expires: nullable(text),
  policy: nullable(text),
  global_tag: nullable(text),
  payload_type: nullable(text),
  rights: list(text),
});

export function addWhoami(program: Command, open: OpenSession): void {
  const command = program
    .command('whoami')
    .description(
      'Who the server takes you for, and what you may do.\n\n' +
        'The token is looked for in BEARER_TOKEN, in the file that BEARER_TOKEN_FILE names, in ' +
        '$XDG_RUNTIME_DIR/bt_u<uid> and in /tmp/bt_u<uid>, and the first that is there counts.',
    )
    .option('--tag <name>', 'what you may do to this global tag')
    .option('--type <name>', 'what you may do to this payload type')
    .action(async (options: { tag?: string; type?: string }, called: Command) => {
      const { api, output, token } = open(called);
      const who = await api.get(
        `whoami${query({ global_tag: options.tag, payload_type: options.type })}`,
        Whoami,
      );
      await output.show(who, () =>
        output.fields({
          server: api.server,
          token: token?.place ?? 'none',
          subject: who.subject ?? 'nobody in particular',
          ...(who.issuer === null ? {} : { issuer: who.issuer }),
          ...(who.expires === null ? {} : { expires: who.expires }),
          policy: who.policy ?? 'everybody may do everything',
          rights: who.rights.join(' ') || 'none',
        }),
      );
    });
  withExamples(command, 'tempora whoami', 'tempora whoami --tag DEMO_2026_online');
}
