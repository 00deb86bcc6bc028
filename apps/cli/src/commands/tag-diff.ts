import { type Command, Option } from 'commander';
import { type Moment } from '#iov';
import { withExamples } from '../examples.js';
import { path, query } from '../http/api-path.js';
import { list, nullable, object, type Shaped, text } from '../http/shape.js';
import {
  EndShape,
  endText,
  MOMENTS_HELP,
  momentText,
  MomentShape,
  parseMoment,
} from '../moment-text.js';
import { type OpenSession } from '../session.js';
import { type Column } from '../terminal/table.js';

const Side = nullable(object({ payload_url: text, checksum: text }));
const difference = { payload_type: text, difference: text, first: Side, second: Side };
const Difference = object(difference);
const RangedDifference = object({
  ...difference,
  range: object({ from: MomentShape, until: EndShape }),
});

interface Options {
  readonly at?: Moment;
  readonly from?: Moment;
  readonly until?: Moment;
  readonly type?: string;
}

export function addTagDiff(tag: Command, open: OpenSession): void {
  const command = tag
    .command('diff')
    .description(
      'Where two global tags answer differently: at a moment, in a range, or at all times.\n\n' +
        MOMENTS_HELP,
    )
    .argument('<first>', 'a global tag')
    .argument('<second>', 'another one')
    .addOption(
      new Option('--at <moment>', 'only at this moment')
        .argParser(parseMoment)
        .conflicts(['from', 'until']),
    )
    .option('--from <moment>', 'from here on', parseMoment)
    .option('--until <moment>', 'up to here, itself outside (in discrete mode inside)', parseMoment)
    .option('--type <name>', 'only this payload type')
    .action(async (first: string, second: string, options: Options, called: Command) => {
      const { api, output } = open(called);
      const { at, from, until, type } = options;
      const tags = path`global-tags/${first}/diff/${second}`;
      const none = 'They do not differ.';
      if (at !== undefined) {
        const moment = query({ major: at.major, minor: at.minor, payload_type: type });
        const { items } = await api.get(`${tags}/at${moment}`, object({ items: list(Difference) }));
        await output.rows([items], columns(first, second), none);
        return;
      }
      const range = query({
        from_major: from?.major,
        from_minor: from?.minor,
        until_major: until?.major,
        until_minor: until?.minor,
        payload_type: type,
      });
      await output.rows(
        api.lines(tags + range, RangedDifference),
        [
          { title: 'from', align: 'right', cell: (row) => momentText(row.range.from) },
          { title: 'until', align: 'right', cell: (row) => endText(row.range.until) },
          ...columns(first, second),
        ],
        none,
      );
    });
  withExamples(
    command,
    'tempora tag diff DEMO_2026_online DEMO_2025_reprocessing --at 1250',
    'tempora tag diff DEMO_2026_online DEMO_2025_reprocessing --from 1200 --until 1300 --type BeamSpot',
  );
}

function columns(first: string, second: string): Column<Shaped<typeof Difference>>[] {
  return [
    { title: 'payload type', cell: (row) => row.payload_type },
    { title: first, cell: (row) => row.first?.payload_url ?? '-' },
    { title: second, cell: (row) => row.second?.payload_url ?? '-' },
    { title: 'why', cell: whyDifferent },
  ];
}

/** What the URLs do not show. */
function whyDifferent({ first, second }: Shaped<typeof Difference>): string {
  if (first === null) return 'only in the second';
  if (second === null) return 'only in the first';
  if (first.payload_url !== second.payload_url) return 'another file';
  return first.checksum === second.checksum ? 'another size or revision' : 'another checksum';
}
