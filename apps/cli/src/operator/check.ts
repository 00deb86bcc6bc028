import { type Command } from 'commander';
import { type CheckFinding } from '#database';
import { withExamples } from '../examples.js';
import { Failure } from '../failure.js';
import { type OpenSession } from '../session.js';
import { type Output } from '../terminal/output.js';
import { advancing } from './advancing.js';
import { DATABASE_HELP } from './named-database.js';

const EXAMPLES_SHOWN = 3;

export function addCheck(program: Command, open: OpenSession): void {
  const command = program
    .command('check')
    .description(
      'Walk a database, and tell each promise that it does not keep.\n\n' +
        `${DATABASE_HELP} ` +
        'Any other may be in use. Without --repair nothing is written. What the rules allow, such as overlaps ' +
        'left by bulk loads, is told as a note. The exit code is 10 if a promise is broken.',
    )
    .option('--repair', 'mend what can be mended without changing an answer')
    .action(async ({ repair = false }: { repair?: boolean }, called: Command) => {
      const { output, progress, confirm, surroundings } = open(called);
      // Loaded here, so that other commands start without it.
      const { checkDatabase } = await import('#database');
      const { withDatabase } = await import('./with-database.js');
      const { operatorLog } = await import('./operator-log.js');
      if (repair) await confirm('What is safe to mend will be written to the database.');
      const log = operatorLog(output);
      const findings = await withDatabase(surroundings, log, async (connection, { iovMode }) => {
        const shown = advancing(progress, 'Checking', 'rows');
        try {
          return await checkDatabase(connection, {
            mode: iovMode,
            repair,
            log,
            progress: shown.reached,
          });
        } finally {
          shown.end();
        }
      });
      await tell(output, findings);
      const broken = findings.filter(isBroken);
      if (broken.length === 0) return;
      throw new Failure(
        'notAsPromised',
        `Not kept: ${broken.map(({ name }) => name).join(', ')}.`,
        'promise-broken',
      );
    });
  withExamples(command, 'tempora check', 'tempora check --repair --yes', 'tempora check --json');
}

function isBroken({ legal, count, repaired }: CheckFinding): boolean {
  return !legal && count > repaired;
}

async function tell(output: Output, findings: readonly CheckFinding[]): Promise<void> {
  await output.show({ ok: !findings.some(isBroken), findings }, () => [
    ...output.table(findings, [
      { title: 'promise', cell: ({ name }) => name },
      { title: '', cell: verdict },
      { title: 'found', align: 'right', cell: ({ count }) => (count === 0 ? '' : String(count)) },
      {
        title: 'repaired',
        align: 'right',
        cell: ({ repaired }) => (repaired === 0 ? '' : String(repaired)),
      },
      { title: 'what is promised', shrinks: true, cell: ({ sentence }) => sentence },
    ]),
    ...findings.filter(({ count, repaired }) => count > repaired).flatMap(explained),
  ]);
}

function verdict(finding: CheckFinding): string {
  if (finding.count === 0) return 'kept';
  if (isBroken(finding)) return 'BROKEN';
  return finding.legal ? 'note' : 'repaired';
}

function explained({ name, count, examples, advice }: CheckFinding): string[] {
  const shown = examples.slice(0, EXAMPLES_SHOWN);
  const more = count - shown.length;
  return ['', `${name}: ${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`, `  ${advice}`];
}
