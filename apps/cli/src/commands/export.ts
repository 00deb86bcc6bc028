import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Command } from 'commander';
import { withExamples } from '../examples.js';
import { Failure } from '../failure.js';
import { path } from '../http/api-path.js';
import { type OpenSession } from '../session.js';
import { plainJson } from '../terminal/plain-text.js';
import { FileHeader, readLine, verified, withFirstLine } from './tag-file.js';

export function addExport(program: Command, open: OpenSession): void {
  const command = program
    .command('export')
    .description(
      'Write a global tag as one file: JSON in lines, with a digest at the end.\n\n' +
        'The file appears under its name once all of it is there and its digest is right. A name ' +
        'that ends in .gz is compressed.',
    )
    .argument('<tag>', 'its name')
    .option('-o, --output <file>', 'where to; without it to the standard output')
    .action(async (name: string, options: { output?: string }, called: Command) => {
      const { api, output, progress, confirm, surroundings } = open(called);
      const { output: file } = options;
      if (file !== undefined && existsSync(file)) await confirm(`${file} is there already.`);
      const bytes = await api.stream(path`global-tags/${name}/export`);
      const { first, all } = await withFirstLine(bytes);
      const payloads = Number(readLine(first, FileHeader).payload_iov_count);
      const shown = progress.start('Exporting', payloads, 'payloads');
      try {
        const checked = verified(all, (lines) => {
          shown.advance(lines);
        });
        if (file === undefined) {
          const { stdout } = surroundings;
          const shownBytes = stdout.isTTY === true ? printable(checked) : checked;
          await pipeline(Readable.from(shownBytes), stdout, { end: false });
          return;
        }
        await writeWhole(checked, file);
      } finally {
        shown.end();
      }
      await output.show({ global_tag: name, payload_iov_count: payloads, file }, () => [
        `${file}: ${name} with ${payloads} payloads.`,
      ]);
    });
  withExamples(
    command,
    'tempora export DEMO_2026_online --output demo.ndjson.gz',
    'tempora export DEMO_2026_online | head -n 2',
  );
}

/** The same JSON, such that nothing in it steers the terminal. */
async function* printable(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const piece of bytes) yield plainJson(decoder.decode(piece, { stream: true }));
}

/** Under another name until it is whole. */
async function writeWhole(bytes: AsyncIterable<Uint8Array>, file: string): Promise<void> {
  // A name that nobody else has, not even another export to the same file.
  const part = join(dirname(file), `.tempora-${randomBytes(6).toString('hex')}`);
  const target: Writable = createWriteStream(part, { flags: 'wx', flush: true });
  try {
    if (file.endsWith('.gz')) await pipeline(Readable.from(bytes), createGzip(), target);
    else await pipeline(Readable.from(bytes), target);
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    if (error instanceof Error && 'syscall' in error && 'path' in error) {
      throw new Failure('failed', `${file} cannot be written: ${error.message}.`);
    }
    throw error;
  }
}
