import { type Command } from 'commander';
import { withExamples } from '../examples.js';
import { type OpenSession } from '../session.js';
import { runProgram } from './run-program.js';

export function addMigrate(program: Command, open: OpenSession): void {
  const command = program
    .command('migrate')
    .description(
      'Bring a database to the schema of this version: one that is empty, older, or of a Nopayloaddb.\n\n' +
        'The database is named by the variables of the service (POSTGRES_HOST_W, CDB_PRIMARY_URL, …). ' +
        'Readers and writers go on meanwhile.',
    )
    .option(
      '--change-iov-mode',
      'record CDB_IOV_MODE, which says what the ends of intervals mean, anew; stop every server first',
    )
    .action(async ({ changeIovMode }: { changeIovMode?: true }, called: Command) => {
      const { confirm, surroundings } = open(called);
      if (changeIovMode) await confirm('The ends of all intervals will be read by the other rule.');
      const args = changeIovMode ? ['--change-iov-mode'] : [];
      await runProgram('apps/api/src/migrate.js', args, surroundings);
    });
  withExamples(command, 'tempora migrate');
}
