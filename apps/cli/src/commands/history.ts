import { type Command } from 'commander';
import { withExamples } from '../examples.js';
import { path } from '../http/api-path.js';
import {
  anything,
  count,
  dictionary,
  flag,
  integer,
  list,
  nullable,
  object,
  optional,
  type Shaped,
  text,
} from '../http/shape.js';
import { EndShape, intervalText, MomentShape } from '../moment-text.js';
import { type OpenSession } from '../session.js';
import { type Column } from '../terminal/table.js';

const SingleChange = object({
  what: text,
  payload_list: optional(text),
  id: optional(integer),
  payload_url: optional(text),
  from: optional(MomentShape),
  until: optional(EndShape),
  field: optional(text),
  cloned_from: optional(text),
  before: anything,
  now: optional(nullable(text)),
});

const Change = object({
  revision: nullable(integer),
  at: text,
  by: object({
    via: text,
    subject: nullable(text),
    role: nullable(text),
    application: nullable(text),
  }),
  counts: dictionary(count),
  changes: list(SingleChange),
  complete: flag,
});

type Change = Shaped<typeof Change>;
type SingleChange = Shaped<typeof SingleChange>;

const WHEN_AND_WHO: readonly Column<Change>[] = [
  { title: 'when (UTC)', cell: ({ at }) => at.slice(0, 19).replace('T', ' ') },
  { title: 'revision', align: 'right', cell: ({ revision }) => String(revision ?? '') },
  { title: 'who', cell: ({ by }) => whoDid(by) },
];

export function addHistory(program: Command, open: OpenSession): void {
  const command = program
    .command('history')
    .description(
      'Who changed what of a global tag, and when; newest first. A deleted tag keeps it.',
    )
    .argument('<tag>', 'a global tag')
    .option('--details', 'each payload that was changed, as far as it is known one by one')
    .action(async (tag: string, { details }: { details?: boolean }, called: Command) => {
      const { api, output } = open(called);
      const pages = api.pages(path`global-tags/${tag}/history`, Change);
      const none = 'Nothing is known of it.';
      if (output.json || details !== true) {
        const what = {
          title: 'what',
          cell: ({ counts, changes }: Change) => summary(counts, changes),
        };
        await output.rows(pages, [...WHEN_AND_WHO, what], none);
      } else {
        await output.rows(oneByOne(pages), DETAILS, none);
      }
    });
  withExamples(
    command,
    'tempora history DEMO_2026_online',
    'tempora history DEMO_2026_online --details | head -20',
  );
}

interface Detail {
  readonly change: Change;
  readonly single: Partial<SingleChange>;
}

const DETAILS: readonly Column<Detail>[] = [
  ...WHEN_AND_WHO.map(({ cell, ...column }) => ({
    ...column,
    cell: ({ change }: Detail) => cell(change),
  })),
  {
    title: 'what',
    cell: ({ single }) => (single.field === undefined ? (single.what ?? '') : fieldText(single)),
  },
  { title: 'payload list', cell: ({ single }) => single.payload_list ?? '' },
  { title: 'id', align: 'right', cell: ({ single }) => String(single.id ?? '') },
  { title: 'valid', cell: ({ single }) => validText(single) },
  { title: 'payload', cell: ({ single }) => single.payload_url ?? single.cloned_from ?? '' },
];

async function* oneByOne(pages: AsyncIterable<Change[]>): AsyncGenerator<Detail[]> {
  for await (const page of pages) {
    yield page.flatMap((change) => {
      // What is too much to be told one by one is told in sum.
      const sum = { what: summary(change.counts, []) };
      const singles: Partial<SingleChange>[] = change.complete ? change.changes : [sum];
      return singles.map((single) => ({ change, single }));
    });
  }
}

function whoDid({ via, subject, role, application }: Change['by']): string {
  const who = subject ?? role ?? 'nobody in particular';
  return `${who} (${application === null ? via : `${via}: ${application}`})`;
}

/** `status unlocked → locked`, or how much of each kind. */
function summary(counts: Change['counts'], changes: readonly SingleChange[]): string {
  const fields = changes.filter(({ field }) => field !== undefined).map(fieldText);
  const others = Object.entries(counts)
    .filter(([what]) => what !== 'changed' || fields.length === 0)
    .map(([what, amount]) => (amount === 1 ? what : `${amount} × ${what}`));
  return [...fields, ...others].join(', ');
}

function fieldText({ field = '', before, now }: Partial<SingleChange>): string {
  return `${field} ${typeof before === 'string' ? before : '-'} → ${now ?? '-'}`;
}

function validText({ from, until }: Partial<SingleChange>): string {
  return from === undefined || until === undefined ? '' : intervalText({ from, until });
}
