import { Command } from 'commander';
import { addStatus } from './commands/status.js';
import { addTagList } from './commands/tag-list.js';
import { addTagShow } from './commands/tag-show.js';
import { addWhoami } from './commands/whoami.js';
import { withExamples } from './examples.js';
import { DEFAULT_SERVER } from './http/server-address.js';
import { type OpenSession, parseSeconds } from './session.js';
import { type Surroundings } from './surroundings.js';
import { VERSION } from './version.js';

/** The table of contents: all commands, in the order of the help. */
export function buildProgram(
  open: OpenSession,
  { stdout, stderr }: Pick<Surroundings, 'stdout' | 'stderr'>,
): Command {
  const program = new Command('tempora')
    .description('Global tags and payloads of a Tempora server, from a terminal.')
    .version(VERSION, '-V, --version', 'print the version of this program')
    .helpOption('-h, --help', 'print help for a command')
    .helpCommand(false)
    .option(
      '--server <address>',
      `address of the server; also TEMPORA_SERVER (default: ${DEFAULT_SERVER})`,
    )
    .option('--json', 'print JSON for programs, and failures as JSON on stderr')
    .option('-y, --yes', 'do it without a question')
    .option('--timeout <seconds>', 'how long an answer may take', parseSeconds, 60)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => stdout.columns ?? 80,
      getErrHelpWidth: () => stderr.columns ?? 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showSuggestionAfterError()
    .exitOverride();
  withExamples(program, 'tempora status', 'tempora tag list', 'tempora whoami');

  const tag = program.command('tag').description('Global tags.').helpCommand(false);
  addTagList(tag, open);
  addTagShow(tag, open);

  addWhoami(program, open);
  addStatus(program, open);
  return program;
}
