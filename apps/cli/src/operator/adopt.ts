import { type Command } from 'commander';
import { type AdoptionPlan } from '#database';
import { withExamples } from '../examples.js';
import { Failure } from '../failure.js';
import { type OpenSession } from '../session.js';
import { advancing } from './advancing.js';
import { DATABASE_HELP } from './named-database.js';

const STEPS: Readonly<Record<AdoptionPlan['step'], string>> = {
  adopt: 'adopt the tables of a Nopayloaddb',
  create: 'make the tables: the database has none',
  migrate: 'bring the tables up to date',
  none: 'nothing: the schema is current',
};

export function addAdopt(program: Command, open: OpenSession): void {
  const command = program
    .command('adopt')
    .description(
      'Tell what adopting a Nopayloaddb database would do, and change nothing.\n\n' +
        `${DATABASE_HELP} ` +
        'It is adopted by tempora migrate, or by the first start of the service. The exit code is 1 if that ' +
        'would be refused.',
    )
    .requiredOption('--check', 'only tell')
    .action(async (_options: object, called: Command) => {
      const { output, progress, surroundings } = open(called);
      // Loaded here, so that other commands start without it.
      const { planAdoption } = await import('#database');
      const { withDatabase } = await import('./with-database.js');
      const { operatorLog } = await import('./operator-log.js');
      const plan = await withDatabase(
        surroundings,
        operatorLog(output),
        async (connection, { iovMode: mode }) => {
          const shown = advancing(progress, 'Looking at payloads', 'payloads');
          try {
            return await planAdoption(connection, { mode, progress: shown.reached });
          } finally {
            shown.end();
          }
        },
      );
      await output.show(plan, () => [
        ...output.fields({
          'a migration would': STEPS[plan.step],
          migrations: listed(plan.migrations),
          tables: listed(plan.tables.map(({ name, rows }) => `${name} (${rows})`)),
          'statuses to add': listed(plan.statusesToAdd),
          'comb_iov to repair': String(plan.combIovToRepair),
          'sequences to set': listed(plan.sequencesToSet),
          'indexes to build': listed(plan.indexesToBuild),
          'constraints to add': listed(plan.constraintsToAdd),
          takes: `about ${plan.seconds} s; readers and writers go on meanwhile`,
        }),
        ...plan.constraintsToLeaveOut.flatMap(({ constraint, reason, rows }) => [
          '',
          `${constraint} would be left out: ${rows.count} rows of ${rows.table} break it, ids ${rows.firstIds.join(', ')}${rows.count > rows.firstIds.length ? ' …' : ''}`,
          `  It promises: ${reason}. It is tried again at each migration.`,
        ]),
      ]);
      if (plan.refusal !== null) throw new Failure('failed', plan.refusal, 'database-refusal');
    });
  withExamples(command, 'tempora adopt --check', 'tempora adopt --check --json');
}

function listed(words: readonly string[]): string {
  return words.length === 0 ? 'none' : words.join(', ');
}
