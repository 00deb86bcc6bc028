import { Command } from 'commander';
import { addCompletion } from './commands/completion.js';
import { addExport } from './commands/export.js';
import { addHistory } from './commands/history.js';
import { addImport } from './commands/import.js';
import { addPayloadAt } from './commands/payload-at.js';
import { addPayloadBetween } from './commands/payload-between.js';
import { addPayloadDelete } from './commands/payload-delete.js';
import { addPayloadInsert } from './commands/payload-insert.js';
import { addPayloadList } from './commands/payload-list.js';
import { addStatus } from './commands/status.js';
import { addTagClone } from './commands/tag-clone.js';
import { addTagCreate } from './commands/tag-create.js';
import { addTagDelete } from './commands/tag-delete.js';
import { addTagDiff } from './commands/tag-diff.js';
import { addTagList } from './commands/tag-list.js';
import { addTagShow } from './commands/tag-show.js';
import { addTagStatus } from './commands/tag-status.js';
import { addTypeCreate } from './commands/type-create.js';
import { addTypeDelete } from './commands/type-delete.js';
import { addTypeList } from './commands/type-list.js';
import { addWhoami } from './commands/whoami.js';
import { withExamples } from './examples.js';
import { DEFAULT_SERVER } from './http/server-address.js';
import { addAdopt } from './operator/adopt.js';
import { addBench } from './operator/bench.js';
import { addCheck } from './operator/check.js';
import { addMigrate } from './operator/migrate.js';
import { addToken } from './operator/token.js';
import { type OpenSession, parseSeconds } from './session.js';
import { type Surroundings } from './surroundings.js';
import { VERSION } from './version.js';

/** The table of contents: all commands, in the order of the help. */
export function buildProgram(
  open: OpenSession,
  { stdout, stderr }: Pick<Surroundings, 'stdout' | 'stderr'>,
  /** Whether nothing is said to people. */
  json = false,
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
      writeErr: (text) => json || stderr.write(text),
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
  addTagCreate(tag, open);
  addTagClone(tag, open);
  addTagStatus(tag, open);
  addTagDelete(tag, open);
  addTagDiff(tag, open);

  const type = program.command('type').description('Payload types.').helpCommand(false);
  addTypeList(type, open);
  addTypeCreate(type, open);
  addTypeDelete(type, open);

  const payload = program
    .command('payload')
    .description('Payloads and their intervals of validity.')
    .helpCommand(false);
  addPayloadInsert(payload, open);
  addPayloadList(payload, open);
  addPayloadAt(payload, open);
  addPayloadBetween(payload, open);
  addPayloadDelete(payload, open);

  addExport(program, open);
  addImport(program, open);

  addHistory(program, open);
  addWhoami(program, open);
  addStatus(program, open);
  addCompletion(program, open);

  addMigrate(program, open);
  addAdopt(program, open);
  addCheck(program, open);
  addToken(program, open);
  addBench(program, open);
  return program;
}
