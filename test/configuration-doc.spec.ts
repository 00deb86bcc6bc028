import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..');

/** A name that stands by itself in quotes, as the functions that read a variable take it. */
const QUOTED_NAME = /'((?:CDB|POSTGRES)_[A-Z0-9_]+|HOST|PORT|JWT_SECRET)'/g;
const READ_DIRECTLY = /process\.env(?:\[['"`](\w+)['"`]\]|\.(\w+))/g;
const FIRST_CELL = /^\| `(\w+)` \|/gm;

describe('docs/configuration.md', () => {
  it('lists the variables that the code reads, and no other', () => {
    const document = readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8');
    expect(names(document, FIRST_CELL)).toEqual(
      [...new Set([...sources('libs/config/src').flatMap(quoted), ...direct()])].sort(),
    );
  });
});

function quoted(source: string): string[] {
  return names(source, QUOTED_NAME);
}

/** libs/config is the one place to read the environment; this finds whoever goes around it. */
function direct(): string[] {
  return ['apps', 'libs', 'scripts'].flatMap(sources).flatMap((text) => names(text, READ_DIRECTLY));
}

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|mjs|js)$/.test(file) && !file.endsWith('.spec.ts'))
    .map((file) => readFileSync(join(ROOT, folder, file), 'utf8'));
}

/** What the pattern captures, each name once, sorted. */
function names(text: string, pattern: RegExp): string[] {
  const found = [...text.matchAll(pattern)].map(([, first, second]) => first ?? second ?? '');
  return [...new Set(found)].sort();
}
