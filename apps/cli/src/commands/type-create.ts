import { type Command } from 'commander';
import { withExamples } from '../examples.js';
import { type OpenSession } from '../session.js';
import { PayloadType } from './payload-type.js';

export function addTypeCreate(type: Command, open: OpenSession): void {
  const command = type
    .command('create')
    .description('Make a payload type.')
    .argument('<type>', 'its name')
    .option('--description <text>', 'what it holds')
    .action(async (name: string, { description }: { description?: string }, called: Command) => {
      const { api, output } = open(called);
      const made = await api.post('payload-types', { name, description }, PayloadType);
      await output.show(made, () => [`Made the payload type "${made.name}".`]);
    });
  withExamples(
    command,
    'tempora type create ZDC_Gains --description "Gains of the zero degree calorimeter"',
  );
}
