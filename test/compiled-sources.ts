import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The folder that holds the sources as plain JavaScript, for a process to load. */
export async function compiledSources(): Promise<string> {
  const script = join(import.meta.dirname, 'compile-sources.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  return stdout;
}
