import { type Command } from 'commander';
import { withExamples } from '../examples.js';
import { type OpenSession } from '../session.js';
import { DATABASE_HELP } from './named-database.js';

export function addMigrate(program: Command, open: OpenSession): void {
  const command = program
    .command('migrate')
    .description(
      'Bring a database to the schema of this version: one that is empty, older, or of a Nopayloaddb.\n\n' +
        `${DATABASE_HELP} In any other, readers and writers go on meanwhile.`,
    )
    .option(
      '--change-iov-mode',
      'record CDB_IOV_MODE, which says what the ends of intervals mean, anew; stop every server first',
    )
    .action(async ({ changeIovMode }: { changeIovMode?: true }, called: Command) => {
      const { output, confirm, surroundings } = open(called);
      if (changeIovMode) await confirm('The ends of all intervals will be read by the other rule.');
      // Loaded here, so that other commands start without it.
      const database = await import('#database');
      const { withDatabase } = await import('./with-database.js');
      const { operatorLog } = await import('./operator-log.js');
      const log = operatorLog(output);
      await withDatabase(surroundings, log, async (connection, { iovMode }) => {
        await database.demandOwnSessions(connection);
        const report = await database.migrate(connection, { log, stop: surroundings.signal });
        if (changeIovMode) await database.changeIovMode(connection, iovMode);
        const { done, left } = database.migrationSentences(report);
        const changed = changeIovMode ? { iovMode } : {};
        await output.show({ ...report, ...changed }, () => [
          ...done,
          ...left,
          'The schema is current.',
          ...(changeIovMode ? [`The mode of the intervals is ${iovMode} from now on.`] : []),
        ]);
      });
    });
  withExamples(command, 'tempora migrate', 'tempora migrate --json');
}
