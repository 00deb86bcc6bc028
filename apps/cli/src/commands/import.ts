import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Command } from 'commander';
import { withExamples } from '../examples.js';
import { Failure } from '../failure.js';
import { path, query } from '../http/api-path.js';
import { type OpenSession } from '../session.js';
import { type Surroundings } from '../surroundings.js';
import { GlobalTag } from './global-tag.js';
import { FileHeader, readLine, withFirstLine } from './tag-file.js';

interface ImportOptions {
  readonly as?: string;
  readonly status?: string;
}

export function addImport(program: Command, open: OpenSession): void {
  const command = program
    .command('import')
    .description(
      'Make a global tag of a file that an export has written.\n\n' +
        'All of it or, where the file is damaged or the line is cut, nothing: send it again then. ' +
        'A name that ends in .gz is decompressed.',
    )
    .argument('<file>', 'the file; - is the standard input')
    .option('--as <name>', 'name of the new tag; as in the file, if absent')
    .option('--status <status>', 'its status; as in the file, if absent')
    .action(async (file: string, options: ImportOptions, called: Command) => {
      const { api, output, progress, surroundings } = open(called);
      const size = await sizeOf(file);
      const shown = progress.start('Importing', size, 'bytes');
      try {
        const bytes = contentOf(file, surroundings, (read) => {
          shown.advance(read);
        });
        const { first, all } = await withFirstLine(bytes);
        const name = options.as ?? readLine(first, FileHeader).global_tag;
        const tag = await api.upload(
          path`global-tags/${name}/import` + query({ status: options.status }),
          'application/x-ndjson',
          all,
          GlobalTag,
        );
        shown.end();
        await output.show(tag, () => [
          `${tag.name} is ${tag.status}, with ${tag.payload_iov_count} payloads in ${tag.payload_lists_count} lists.`,
        ]);
      } finally {
        shown.end();
      }
    });
  withExamples(
    command,
    'tempora import demo.ndjson.gz --as DEMO_2026_again --status unlocked',
    'tempora export DEMO_2026_online | tempora import - --as DEMO_2026_copied',
  );
}

async function sizeOf(file: string): Promise<number | undefined> {
  if (file === '-') return undefined;
  try {
    return (await stat(file)).size;
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** @param read is told how many bytes were read of it */
async function* contentOf(
  file: string,
  { stdin }: Surroundings,
  read: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const source = file === '-' ? stdin : createReadStream(file, { highWaterMark: 262_144 });
  source.on('data', (chunk: Buffer) => {
    read(chunk.length);
  });
  source.pause();
  const bytes = file.endsWith('.gz') ? pipeline(source, createGunzip(), () => undefined) : source;
  try {
    yield* bytes as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): Failure {
  const why = error instanceof Error ? error.message : String(error);
  return new Failure('invalid', `${file} cannot be read: ${why}.`, 'unreadable-file');
}
