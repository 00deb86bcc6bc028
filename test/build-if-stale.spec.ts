import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..');
/** A clone with hardly anything in it. */
let clone: string;

beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), 'tempora-build-'));
  for (const path of ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts']) {
    cpSync(join(ROOT, path), join(clone, path), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
});
afterAll(() => {
  rmSync(clone, { recursive: true });
});

const MAIN = 'apps/api/src/main';

function write(text: string): void {
  mkdirSync(dirname(join(clone, MAIN)), { recursive: true });
  writeFileSync(join(clone, `${MAIN}.ts`), text);
}

function buildIfStale(): number | null {
  return spawnSync(process.execPath, ['scripts/build-if-stale.mjs'], { cwd: clone }).status;
}

const built = () => existsSync(join(clone, 'dist', `${MAIN}.js`));

it('a build that fails leaves nothing that could be started', () => {
  write('export const one: number = "two";');
  for (let start = 1; start <= 2; start++) {
    expect(buildIfStale()).not.toBe(0);
    expect(built()).toBe(false);
  }
});

it('nor what was there before', () => {
  write('export const one: number = 1;');
  expect(buildIfStale()).toBe(0);
  expect(built()).toBe(true);
  write('export const one: number = "two";');
  expect(buildIfStale()).not.toBe(0);
  expect(built()).toBe(false);
});
