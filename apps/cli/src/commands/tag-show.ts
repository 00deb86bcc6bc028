import { type Command } from 'commander';
import { withExamples } from '../examples.js';
import { path, query } from '../http/api-path.js';
import { count, nullable, object, text } from '../http/shape.js';
import { type OpenSession } from '../session.js';
import { GlobalTag, tagFields } from './global-tag.js';

const PayloadList = object({ name: text, payload_type: nullable(text), payload_iov_count: count });

export function addTagShow(tag: Command, open: OpenSession): void {
  const command = tag
    .command('show')
    .description('One global tag, and the payload types in it.')
    .argument('<tag>', 'its name')
    .action(async (name: string, _options: object, called: Command) => {
      const { api, output } = open(called);
      const shown = await api.get(path`global-tags/${name}`, GlobalTag);
      const lists = await api.all(`payload-lists${query({ global_tag: name })}`, PayloadList);
      await output.show({ ...shown, payload_lists: lists }, () => [
        ...output.fields(tagFields(shown)),
        '',
        ...output.table(lists, [
          { title: 'payload type', cell: (list) => list.payload_type ?? '' },
          { title: 'payloads', align: 'right', cell: (list) => String(list.payload_iov_count) },
          { title: 'payload list', cell: (list) => list.name },
        ]),
      ]);
    });
  withExamples(command, 'tempora tag show DEMO_2026_online');
}
