import { type Command } from 'commander';
import { withExamples } from '../examples.js';
import { Failure } from '../failure.js';
import { parseServer } from '../http/server-address.js';
import { type OpenSession } from '../session.js';
import { runProgram } from './run-program.js';

/** What the bench takes by the same name. */
const PASSED_ON = [
  'url',
  'only',
  'patterns',
  'parts',
  'seconds',
  'warmUp',
  'quick',
  'skipWrites',
  'loadHttp',
];

type Options = Readonly<Record<string, string | true>>;

export function addBench(program: Command, open: OpenSession): void {
  const command = program
    .command('bench')
    .description(
      'Drive a server as hard as it goes, and report how it did, in Markdown.\n\n' +
        'It is the server of --url, else of --server or TEMPORA_SERVER; where none is named, one is started, on ' +
        'a PostgreSQL of its own. Asks first if only TEMPORA_SERVER names it. The same as npm run bench in a ' +
        'checkout.',
    )
    .option(
      '--url <address>',
      'http://host:port of the server, which has to have the tags of the scenarios',
    )
    .option('--load-http', 'with --url: make the smaller scenarios there first, and leave them')
    .option('--skip-writes', 'nothing that writes')
    .option('--quick', '2 seconds for each figure, and none of the largest')
    .option('--only <scenarios>', 'only these, with commas between')
    .option('--patterns <patterns>', 'only these ways to ask')
    .option('--parts <parts>', 'only these parts')
    .option('--seconds <seconds>', 'for each figure')
    .option('--warm-up <seconds>', 'before each of them')
    .option('--figures <file>', 'write all figures to a file, as JSON')
    .action(async (options: Options, called: Command) => {
      const { output, confirm, surroundings } = open(called);
      if (output.json) {
        throw new Failure(
          'usage',
          'The report of a bench is Markdown: --figures writes all figures as JSON to a file.',
        );
      }
      const { server } = called.optsWithGlobals<{ server?: string }>();
      const known = surroundings.env['TEMPORA_SERVER'] ?? '';
      const named = server ?? (known === '' ? undefined : known);
      const url = options['url'] ?? (named === undefined ? undefined : parseServer(named));
      if (options['url'] === undefined && server === undefined && url !== undefined) {
        await confirm(`${url} will be driven as hard as it goes.`);
      }
      await runProgram('bench/main.js', benchArguments(options, url), surroundings);
    });
  withExamples(
    command,
    'tempora bench --url http://127.0.0.1:8000 --load-http --quick --parts resolve',
  );
}

/** As `npm run bench` takes them. */
export function benchArguments(options: Options, url: string | true | undefined): string[] {
  const all: Options = { ...options, ...(url === undefined ? {} : { url }) };
  const args = PASSED_ON.flatMap((name) => {
    const value = all[name];
    if (value === undefined) return [];
    const option = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return value === true ? [option] : [option, value];
  });
  const { figures } = all;
  return figures === undefined ? args : [...args, '--json', String(figures)];
}
