import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { checkStore, putInStore, storePath } from './payload-store.js';

const { signal } = new AbortController();
const md5 = (text: string) => createHash('md5').update(text).digest('hex');
let folder: string;
let store: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tempora-store-'));
  store = join(folder, 'store');
  mkdirSync(store);
  file = join(folder, 'gains.root');
  writeFileSync(file, 'gains');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const PATH = storePath('ZDC_Gains', md5('gains'), '/somewhere/gains.root');

function files(): string[] {
  return readdirSync(store, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(store, path)).isFile(),
  );
}

it('lies where nopayloadclient looks for it', () => {
  expect(storePath('BeamSpot', 'd41d8cd98f00b204e9800998ecf8427e', 'a/b/run1.root')).toBe(
    'BeamSpot/d4/1d/d41d8cd98f00b204e9800998ecf8427e_run1.root',
  );
});

it('is copied once, and is all that is there', async () => {
  expect(await putInStore(store, PATH, file, md5('gains'), signal)).toBe(true);
  expect(files()).toEqual([PATH]);
  expect(readFileSync(join(store, PATH), 'utf8')).toBe('gains');
  expect(await putInStore(store, PATH, file, md5('gains'), signal)).toBe(false);
  expect(files()).toEqual([PATH]);
});

it('is copied by several at once', async () => {
  const copies = Array.from({ length: 8 }, () =>
    putInStore(store, PATH, file, md5('gains'), signal),
  );
  expect((await Promise.all(copies)).filter((copied) => copied)).toHaveLength(1);
  expect(files()).toEqual([PATH]);
});

it('never takes the place of another content', async () => {
  mkdirSync(dirname(join(store, PATH)), { recursive: true });
  writeFileSync(join(store, PATH), 'cut off');
  await expect(putInStore(store, PATH, file, md5('gains'), signal)).rejects.toThrow(
    /is there already, with another content/,
  );
  expect(readFileSync(join(store, PATH), 'utf8')).toBe('cut off');
});

it('is not taken in if it has changed since it was looked at', async () => {
  writeFileSync(file, 'other gains');
  await expect(putInStore(store, PATH, file, md5('gains'), signal)).rejects.toThrow(/has changed/);
  expect(files()).toEqual([]);
});

it('does not leave the store', async () => {
  const path = storePath('../../x', md5('gains'), file);
  await expect(putInStore(join(store, 'deep'), path, file, md5('gains'), signal)).rejects.toThrow(
    /outside/,
  );
});

it('is there, or nothing is copied', async () => {
  await expect(checkStore(join(folder, 'gone'))).rejects.toThrow(/no payload store/);
  await expect(checkStore(file)).rejects.toThrow(/not a folder/);
  await checkStore(store);
});
