import { type Command } from 'commander';
import { withExamples } from '../examples.js';
import { query } from '../http/api-path.js';
import { type OpenSession } from '../session.js';
import { PayloadType } from './payload-type.js';

export function addTypeList(type: Command, open: OpenSession): void {
  const command = type
    .command('list')
    .description('All payload types.')
    .option('--search <text>', 'only those with this in their name')
    .action(async ({ search }: { search?: string }, called: Command) => {
      const { api, output } = open(called);
      await output.rows(
        api.pages(`payload-types${query({ search })}`, PayloadType),
        [
          { title: 'name', cell: ({ name }) => name },
          { title: 'created', cell: ({ created }) => created.slice(0, 10) },
          { title: 'description', shrinks: true, cell: ({ description }) => description ?? '' },
        ],
        'There is none.',
      );
    });
  withExamples(command, 'tempora type list', 'tempora type list --search tpc');
}
