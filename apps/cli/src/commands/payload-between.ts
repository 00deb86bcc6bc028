import { type Command } from 'commander';
import { type Moment } from '#iov';
import { withExamples } from '../examples.js';
import { path, query } from '../http/api-path.js';
import { integer, nullable, object, text } from '../http/shape.js';
import {
  EndShape,
  endText,
  MOMENTS_HELP,
  momentText,
  MomentShape,
  parseMoment,
} from '../moment-text.js';
import { type OpenSession } from '../session.js';

const Effective = object({
  id: integer,
  payload_type: text,
  payload_url: text,
  checksum: text,
  size: nullable(integer),
  effective: object({ from: MomentShape, until: EndShape }),
});

export function addPayloadBetween(payload: Command, open: OpenSession): void {
  const command = payload
    .command('between')
    .description(
      'The payloads that a range of moments needs, and each for which part of it.\n\n' +
        `${MOMENTS_HELP} Without an end the range is open.`,
    )
    .argument('<tag>', 'a global tag')
    .argument('<from>', 'where the range begins', parseMoment)
    .argument('[until]', 'where it ends, itself outside (in discrete mode inside)', parseMoment)
    .option('--type <name>', 'only of this payload type')
    .action(
      async (
        tag: string,
        from: Moment,
        until: Moment | undefined,
        { type }: { type?: string },
        called: Command,
      ) => {
        const { api, output } = open(called);
        const range = query({
          from_major: from.major,
          from_minor: from.minor,
          until_major: until?.major,
          until_minor: until?.minor,
          payload_type: type,
        });
        await output.rows(
          api.lines(path`global-tags/${tag}/payloads/between` + range, Effective),
          [
            { title: 'payload type', cell: (row) => row.payload_type },
            { title: 'valid from', align: 'right', cell: (row) => momentText(row.effective.from) },
            { title: 'until', align: 'right', cell: (row) => endText(row.effective.until) },
            { title: 'id', align: 'right', cell: ({ id }) => String(id) },
            { title: 'checksum', shrinks: true, cell: ({ checksum }) => checksum },
            { title: 'payload', cell: (row) => row.payload_url },
          ],
          'Nothing is valid in this range.',
        );
      },
    );
  withExamples(
    command,
    'tempora payload between DEMO_2026_online 1270 1320 --type BeamSpot',
    'tempora payload between DEMO_2026_online 1400 --json',
  );
}
