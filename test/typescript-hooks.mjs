/** Lets Node run the sources themselves: processes that tests start need no build, none can be stale. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';
import jestConfig from '../jest.config.js';

const root = new URL('..', import.meta.url);
const [, swcOptions] = Object.values(jestConfig.transform)[0];

export async function resolve(specifier, context, next) {
  const library = /^#([\w-]+)$/.exec(specifier)?.[1];
  if (library && context.parentURL?.startsWith(root.href)) {
    return next(new URL(`libs/${library}/src/index.ts`, root).href, context);
  }
  if (specifier.startsWith('.') && context.parentURL?.endsWith('.ts')) {
    return next(specifier.replace(/\.js$/, '.ts'), context);
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const filename = fileURLToPath(url);
  const source = await readFile(filename, 'utf8');
  const { code } = await transform(source, { ...swcOptions, filename, sourceMaps: 'inline' });
  return { format: 'module', source: code, shortCircuit: true };
}
