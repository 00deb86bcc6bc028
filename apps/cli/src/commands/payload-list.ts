import { type Command } from 'commander';
import { type Moment } from '#iov';
import { withExamples } from '../examples.js';
import { path, query } from '../http/api-path.js';
import { MOMENTS_HELP, parseMoment } from '../moment-text.js';
import { type OpenSession } from '../session.js';
import { Payload, PAYLOAD_COLUMNS } from './payload.js';

export function addPayloadList(payload: Command, open: OpenSession): void {
  const command = payload
    .command('list')
    .description(
      `The payloads of a global tag by their starts, with the ends that are stored.\n\n${MOMENTS_HELP}`,
    )
    .argument('<tag>', 'a global tag')
    .option('--type <name>', 'only of this payload type')
    .option('--from <moment>', 'only those that start here or later', parseMoment)
    .option('--to <moment>', 'only those that start here or earlier', parseMoment)
    .action(
      async (
        tag: string,
        { type, from, to }: { type?: string; from?: Moment; to?: Moment },
        called: Command,
      ) => {
        const { api, output } = open(called);
        const range = query({
          payload_type: type,
          from_major: from?.major,
          from_minor: from?.minor,
          to_major: to?.major,
          to_minor: to?.minor,
        });
        await output.rows(
          api.pages(path`global-tags/${tag}/payloads` + range, Payload),
          [
            { title: 'payload type', cell: (row) => row.payload_type ?? '' },
            ...PAYLOAD_COLUMNS,
            { title: 'inserted', cell: ({ inserted }) => inserted.slice(0, 19) },
          ],
          'There is none.',
        );
      },
    );
  withExamples(
    command,
    'tempora payload list DEMO_2026_online --type BeamSpot --from 1150 --to 1300',
  );
}
