import { type Command } from 'commander';
import { withExamples } from '../examples.js';
import { path } from '../http/api-path.js';
import { type OpenSession } from '../session.js';
import { counted } from '../terminal/counted.js';
import { GlobalTag } from './global-tag.js';

export function addTagDelete(tag: Command, open: OpenSession): void {
  const command = tag
    .command('delete')
    .description('Delete an unlocked global tag with all its payloads. Asks first.')
    .argument('<tag>', 'its name')
    .action(async (name: string, _options: object, called: Command) => {
      const { api, output, confirm } = open(called);
      const gone = await api.get(path`global-tags/${name}`, GlobalTag);
      await confirm(
        `The global tag "${name}" is deleted for good, with ${counted(gone.payload_iov_count, 'payload')}.`,
      );
      await api.delete(path`global-tags/${name}`);
      await output.show(gone, () => [`Deleted the global tag "${name}".`]);
    });
  withExamples(command, 'tempora tag delete Tour_2026_v2 --yes');
}
