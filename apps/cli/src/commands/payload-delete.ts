import { type Command } from 'commander';
import { withExamples } from '../examples.js';
import { path } from '../http/api-path.js';
import { type OpenSession } from '../session.js';
import { Payload, PAYLOAD_COLUMNS } from './payload.js';

export function addPayloadDelete(payload: Command, open: OpenSession): void {
  const command = payload
    .command('delete')
    .description(
      'Delete one payload for good; its file is not touched. Asks first.\n\n' +
        'To correct a payload, insert the right one over it instead: nothing is lost then.',
    )
    .argument('<id>', 'its number, as the lists of payloads show it')
    .action(async (id: string, _options: object, called: Command) => {
      const { api, output, confirm } = open(called);
      const gone = await api.get(path`payloads/${id}`, Payload);
      if (!output.json) {
        const columns = [
          { title: 'global tag', cell: () => gone.global_tag ?? 'none' },
          { title: 'payload type', cell: () => gone.payload_type ?? 'none' },
          ...PAYLOAD_COLUMNS,
        ];
        for (const line of output.table([gone], columns)) output.note(line);
      }
      await confirm(`The payload ${id} is deleted for good: its moments answer nothing then.`);
      await api.delete(path`payloads/${id}`);
      await output.show(gone, () => [`Deleted the payload ${id}.`]);
    });
  withExamples(command, 'tempora payload delete 6 --yes');
}
