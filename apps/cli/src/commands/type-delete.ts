import { type Command } from 'commander';
import { withExamples } from '../examples.js';
import { path } from '../http/api-path.js';
import { type OpenSession } from '../session.js';
import { PayloadType } from './payload-type.js';

export function addTypeDelete(type: Command, open: OpenSession): void {
  const command = type
    .command('delete')
    .description('Delete a payload type that no payload list uses. Asks first.')
    .argument('<type>', 'its name')
    .action(async (name: string, _options: object, called: Command) => {
      const { api, output, confirm } = open(called);
      const gone = await api.get(path`payload-types/${name}`, PayloadType);
      await confirm(`The payload type "${name}" is deleted for good.`);
      await api.delete(path`payload-types/${name}`);
      await output.show(gone, () => [`Deleted the payload type "${name}".`]);
    });
  withExamples(command, 'tempora type create Mistake && tempora type delete Mistake --yes');
}
