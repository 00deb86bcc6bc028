import { type Command } from 'commander';
import { withExamples } from '../examples.js';
import { type OpenSession } from '../session.js';
import { GlobalTag, tagFields } from './global-tag.js';

export function addTagCreate(tag: Command, open: OpenSession): void {
  const command = tag
    .command('create')
    .description('Make a global tag. It is empty.')
    .argument('<tag>', 'its name')
    .option('--description <text>', 'what it is for')
    .option('--author <name>', 'who answers for it')
    .option('--status <name>', 'its status from the start', 'unlocked')
    .action(
      async (
        name: string,
        { description, author, status }: { description?: string; author?: string; status: string },
        called: Command,
      ) => {
        const { api, output } = open(called);
        const made = await api.post(
          'global-tags',
          { name, status, description, author },
          GlobalTag,
        );
        await output.show(made, () => output.fields(tagFields(made)));
      },
    );
  withExamples(command, 'tempora tag create Tour_2026 --description "A place to try things"');
}
