/**
 * Prints a folder that holds the sources as plain JavaScript, made anew only after a change. Processes
 * that tests start load it in half the time that transforming while loading takes, and need no build.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { transform } from '@swc/core';
import jestConfig from '../jest.config.js';

const repository = join(import.meta.dirname, '..');
// Below node_modules' own folder, so that packages are found from there.
const cache = join(repository, 'node_modules/.cache/tempora-test');
const [, swcOptions] = Object.values(jestConfig.transform)[0];

const sources = await readSources();
const fingerprint = createHash('sha256').update(JSON.stringify(sources)).digest('hex');
const folder = join(cache, fingerprint.slice(0, 16));
if (!existsSync(folder)) {
  await compileInto(folder);
  await removeOutdated();
}
process.stdout.write(folder);

/** Path and text of each file that a process can load. */
async function readSources() {
  const paths = ['package.json', 'jest.config.js'];
  for (const top of ['apps', 'libs', 'test']) {
    for (const path of await readdir(join(repository, top), { recursive: true })) {
      if (/(?<!\.spec|\.d)\.ts$/.test(path)) paths.push(join(top, path));
    }
  }
  return Promise.all(
    paths.sort().map(async (path) => [path, await readFile(join(repository, path), 'utf8')]),
  );
}

async function compileInto(folder) {
  const unfinished = `${folder}.${process.pid}`;
  for (const [path, text] of sources) {
    if (!path.endsWith('.ts')) continue;
    const { code } = await transform(text, { ...swcOptions, filename: join(repository, path) });
    const target = join(unfinished, path.replace(/\.ts$/, '.js'));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, code);
  }
  const packageJson = {
    type: 'module',
    imports: { '#*': './libs/*/src/index.js' },
  };
  await writeFile(join(unfinished, 'package.json'), JSON.stringify(packageJson));
  // Whoever compiles the same at the same time makes the same.
  await rename(unfinished, folder).catch(() => rm(unfinished, { recursive: true }));
}

/** Of other states of the sources; a run that still needs one has not lasted a day. */
async function removeOutdated() {
  for (const name of await readdir(cache)) {
    const { mtimeMs } = await stat(join(cache, name)).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > 86_400_000)
      await rm(join(cache, name), { recursive: true, force: true });
  }
}
