import { type Command } from 'commander';
import { type Moment } from '#iov';
import { withExamples } from '../examples.js';
import { path } from '../http/api-path.js';
import { dictionary, list, object, text } from '../http/shape.js';
import { MOMENTS_HELP, momentText, MomentShape, parseMoment } from '../moment-text.js';
import { type OpenSession } from '../session.js';
import { PAYLOAD_COLUMNS, ResolvedPayload } from './payload.js';

const Answers = object({
  answers: list(
    object({
      moments: list(MomentShape),
      payloads: dictionary(ResolvedPayload),
      missing: list(text),
    }),
  ),
});

export function addPayloadAt(payload: Command, open: OpenSession): void {
  const command = payload
    .command('at')
    .description(
      `The payloads that are valid at a moment, or at each of several.\n\n${MOMENTS_HELP}`,
    )
    .argument('<tag>', 'a global tag')
    .argument('<moment...>', 'such as 1250 or 7,1250', (typed: string, before?: Moment[]) => [
      ...(before ?? []),
      parseMoment(typed),
    ])
    .option('--type <name>', 'only of this payload type')
    .action(
      async (tag: string, moments: Moment[], { type }: { type?: string }, called: Command) => {
        const { api, output } = open(called);
        const body = { moments, payload_type: type };
        const found = await api.query(path`global-tags/${tag}/payloads/at`, body, Answers);
        const rows = found.answers.flatMap(({ moments: same, payloads }) =>
          same.flatMap((at) =>
            Object.entries(payloads).map(([name, valid]) => ({ at, name, ...valid })),
          ),
        );
        await output.show(found, () => [
          ...output.table(rows, [
            { title: 'at', align: 'right', cell: ({ at }) => momentText(at) },
            { title: 'payload type', cell: ({ name }) => name },
            ...PAYLOAD_COLUMNS,
          ]),
          ...found.answers
            .filter(({ missing }) => missing.length > 0)
            .map(
              ({ moments: same, missing }) =>
                `Nothing is valid at ${same.map(momentText).join(' ')} of: ${missing.join(' ')}`,
            ),
        ]);
      },
    );
  withExamples(
    command,
    'tempora payload at DEMO_2026_online 1250',
    'tempora payload at DEMO_2026_online 1190 1250 --type Luminosity --json',
  );
}
