import { type Command } from 'commander';
import { withExamples } from '../examples.js';
import { Failure } from '../failure.js';
import { path } from '../http/api-path.js';
import {
  CHANGE_COLUMNS,
  changesOf,
  InsertionEffect,
  sameForOthers,
  touchesOthers,
} from '../insertion/insertion-effect.js';
import { preparePayloads } from '../insertion/new-payload.js';
import { checkStore, putInStore } from '../insertion/payload-store.js';
import { readBack } from '../insertion/read-back.js';
import { type InsertOptions, wantedPayloads } from '../insertion/wanted-payload.js';
import { MOMENTS_HELP, parseEnd, parseMoment } from '../moment-text.js';
import { type OpenSession, type Session } from '../session.js';
import { counted } from '../terminal/counted.js';

interface Options extends InsertOptions {
  readonly store?: string;
  readonly dryRun?: boolean;
}

export function addPayloadInsert(payload: Command, open: OpenSession): void {
  const command = payload
    .command('insert')
    .description(
      'Insert payloads into a global tag: all of them, or none.\n\n' +
        'Reads the files for their MD5 checksums and sizes, shows what would change, asks if payloads ' +
        'that are there already would be shortened, split or detached, copies the files into the ' +
        'payload store, inserts, and reads back what the server answers then.\n\n' +
        `${MOMENTS_HELP} The end may also be "next", the start of the next payload, or "open", for ` +
        'ever: later payloads are detached then.\n\n' +
        'The manifest is a JSON array, or one JSON object a line, with the fields from, until, ' +
        'payload_type, file, payload_url, checksum, size and revision; those that need not be there ' +
        'are taken from the files and the options.',
    )
    .argument('<tag>', 'a global tag')
    .argument('[files...]', 'FILE with --type, or TYPE=FILE for each of several types')
    .option('--type <name>', 'payload type')
    .option('--from <moment>', 'first moment it is valid at', parseMoment)
    .option('--until <end>', 'where its validity ends: a moment, next or open', parseEnd, 'next')
    .option('--store <folder>', 'copy the files into this payload store, as nopayloadclient does')
    .option('--url <url>', 'where the file is, if it is not copied')
    .option('--checksum <text>', 'what it should be; needed where there is no file')
    .option('--size <bytes>', 'size of the file, where there is none', parseSize)
    .option('--revision <text>', 'revision of the file')
    .option('--manifest <file>', 'many payloads, each with an interval of its own')
    .option('--dry-run', 'only show what would change')
    .action(async (tag: string, files: string[], options: Options, called: Command) => {
      await insert(open(called), tag, files, options);
    });
  withExamples(
    command,
    'tempora payload insert DEMO_2026_online --type BeamSpot --url my/BeamSpot.root --checksum d41d8cd9 --from 1260 --until 1280 --dry-run',
    'tempora payload insert DEMO_2026_online --type BeamSpot README.md --url my/BeamSpot.root --from 1260 --until 1280 --yes',
  );
}

async function insert(
  { api, output, confirm, progress, surroundings }: Session,
  tag: string,
  files: readonly string[],
  options: Options,
): Promise<void> {
  const { store, dryRun } = options;
  const { signal } = surroundings;
  if (store !== undefined) await checkStore(store);
  const wanted = wantedPayloads(files, options);
  const prepared = await preparePayloads(wanted, store !== undefined, progress, signal);
  const payloads = prepared.map(({ payload }) => payload);
  const to = path`global-tags/${tag}/payloads`;

  const expected = await api.query(`${to}?dry_run=true`, { payloads }, InsertionEffect);
  const changes = output.json ? [] : output.table(await changesOf(expected, api), CHANGE_COLUMNS);
  if (dryRun === true) {
    await output.show(expected, () => changes);
    return;
  }
  const others = touchesOthers(expected);
  if (others > 0) {
    for (const line of changes) output.note(line);
    await confirm(
      `${counted(others, 'payload')} already there would be shortened, split or detached.`,
    );
  }

  let copied = 0;
  if (store !== undefined) {
    const bar = progress.start('Copying files', prepared.length, 'files');
    try {
      for (const { payload, file } of prepared) {
        if (file === undefined) continue;
        const { payload_url, checksum } = payload;
        if (await putInStore(store, payload_url, file, checksum, signal)) copied++;
        bar.advance(1);
      }
    } finally {
      bar.end();
    }
  }

  const done = await api.post(to, { payloads }, InsertionEffect);
  await readBack(api, tag, payloads);
  await output.show(done, () => [
    ...(others > 0 ? [] : changes),
    `Inserted ${counted(done.added.length, 'payload')}, and read back what is answered now.` +
      (store === undefined ? '' : ` Copied ${counted(copied, 'file')} into the store.`),
  ]);
  if (!sameForOthers(expected, done)) {
    output.note(
      `Somebody has changed the tag meanwhile: what was done to other payloads is not what was shown. See: tempora history "${tag}"`,
    );
  }
}

function parseSize(text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) throw new Failure('usage', `"${text}" is not a number of bytes.`);
  return BigInt(text);
}
