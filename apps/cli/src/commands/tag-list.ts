import { type Command } from 'commander';
import { withExamples } from '../examples.js';
import { query } from '../http/api-path.js';
import { type OpenSession } from '../session.js';
import { GlobalTag } from './global-tag.js';

export function addTagList(tag: Command, open: OpenSession): void {
  const command = tag
    .command('list')
    .description('All global tags.')
    .option('--status <name>', 'only those that are unlocked, locked or frozen')
    .option('--search <text>', 'only those with this in their name')
    .action(async (options: { status?: string; search?: string }, called: Command) => {
      const { api, output } = open(called);
      await output.rows(
        api.pages(
          `global-tags${query({ status: options.status, search: options.search })}`,
          GlobalTag,
        ),
        [
          { title: 'name', cell: ({ name }) => name },
          { title: 'status', cell: ({ status }) => status },
          { title: 'types', align: 'right', cell: (row) => String(row.payload_lists_count) },
          { title: 'payloads', align: 'right', cell: (row) => String(row.payload_iov_count) },
          { title: 'author', shrinks: true, cell: ({ author }) => author ?? '' },
          { title: 'description', shrinks: true, cell: ({ description }) => description ?? '' },
        ],
        'There is none.',
      );
    });
  withExamples(command, 'tempora tag list', 'tempora tag list --status locked --json');
}
