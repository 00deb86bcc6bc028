import { type Command } from 'commander';
import { withExamples } from '../examples.js';
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

export function addBench(program: Command, open: OpenSession): void {
  const command = program
    .command('bench')
    .description(
      'Drive a server as hard as it goes, and report how it did, in Markdown.\n\n' +
        'It is the server of --url; without that one is started, on a PostgreSQL of its own. The same as ' +
        'npm run bench in a checkout.',
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
    .action(async (options: Readonly<Record<string, string | true>>, called: Command) => {
      const { surroundings } = open(called);
      const args = PASSED_ON.flatMap((name) => {
        const value = options[name];
        if (value === undefined) return [];
        const option = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
        return value === true ? [option] : [option, value];
      });
      const figures =
        options['figures'] === undefined ? [] : ['--json', String(options['figures'])];
      await runProgram('bench/main.js', [...args, ...figures], surroundings);
    });
  withExamples(
    command,
    'tempora bench --url http://127.0.0.1:8000 --load-http --quick --parts resolve',
  );
}
