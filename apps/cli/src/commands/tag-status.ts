import { type Command } from 'commander';
import { withExamples } from '../examples.js';
import { path } from '../http/api-path.js';
import { type OpenSession } from '../session.js';
import { GlobalTag, tagFields } from './global-tag.js';

interface Change {
  readonly command: string;
  readonly status: string;
  readonly description: string;
  /** What it means, where it cannot be taken back. */
  readonly warning?: string;
}

const CHANGES: readonly Change[] = [
  {
    command: 'lock',
    status: 'locked',
    description:
      'Let a global tag only grow: no moment that answers something will answer otherwise.',
  },
  {
    command: 'unlock',
    status: 'unlocked',
    description: 'Let everything in a locked global tag be changed again.',
  },
  {
    command: 'freeze',
    status: 'frozen',
    description: 'Let a global tag never change again. Asks first: it cannot be taken back.',
    warning: 'stays as it is for ever.',
  },
];

/** `lock`, `unlock` and `freeze`. */
export function addTagStatus(tag: Command, open: OpenSession): void {
  for (const { command, status, description, warning } of CHANGES) {
    const added = tag
      .command(command)
      .description(description)
      .argument('<tag>', 'its name')
      .action(async (name: string, _options: object, called: Command) => {
        const { api, output, confirm } = open(called);
        if (warning !== undefined) {
          await api.get(path`global-tags/${name}`, GlobalTag);
          await confirm(`The global tag "${name}" ${warning}`);
        }
        const changed = await api.patch(path`global-tags/${name}`, { status }, GlobalTag);
        await output.show(changed, () => output.fields(tagFields(changed)));
      });
    withExamples(added, `tempora tag ${command} Tour_2026${warning === undefined ? '' : ' --yes'}`);
  }
}
