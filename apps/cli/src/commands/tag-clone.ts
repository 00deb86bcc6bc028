import { type Command } from 'commander';
import { withExamples } from '../examples.js';
import { path } from '../http/api-path.js';
import { type OpenSession } from '../session.js';
import { GlobalTag, tagFields } from './global-tag.js';

export function addTagClone(tag: Command, open: OpenSession): void {
  const command = tag
    .command('clone')
    .description('Copy a global tag with all its payloads. The copy is unlocked.')
    .argument('<tag>', 'the original')
    .argument('<copy>', 'name of the copy')
    .option('--description <text>', 'what the copy is for (default: as the original)')
    .option('--author <name>', 'who answers for it (default: as the original)')
    .action(
      async (
        original: string,
        name: string,
        { description, author }: { description?: string; author?: string },
        called: Command,
      ) => {
        const { api, output } = open(called);
        const made = await api.post(
          path`global-tags/${original}/clone`,
          { name, description, author },
          GlobalTag,
        );
        await output.show(made, () => output.fields(tagFields(made)));
      },
    );
  withExamples(command, 'tempora tag clone DEMO_2026_online Tour_2026_v2');
}
