import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { discoverToken } from './bearer-token.js';

/** Nobody's. */
const uid = randomInt(3_000_000_000, 4_000_000_000);
const inTmp = `/tmp/bt_u${uid}`;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tempora-token-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  rmSync(inTmp, { force: true });
});

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

describe('the places of a token', () => {
  it('are asked in order, each only if those before have none', () => {
    writeFileSync(inTmp, 'in-tmp');
    expect(discoverToken({}, uid)).toEqual({ token: 'in-tmp', place: inTmp });

    const env: NodeJS.ProcessEnv = { XDG_RUNTIME_DIR: folder };
    expect(discoverToken(env, uid)?.token).toBe('in-tmp');
    write(`bt_u${uid}`, 'in-runtime');
    expect(discoverToken(env, uid)?.token).toBe('in-runtime');

    env['BEARER_TOKEN_FILE'] = write('mine', 'in-file');
    expect(discoverToken(env, uid)?.token).toBe('in-file');

    env['BEARER_TOKEN'] = 'in-variable';
    expect(discoverToken(env, uid)).toEqual({ token: 'in-variable', place: 'BEARER_TOKEN' });
  });

  it('are passed over where there are only blanks', () => {
    write(`bt_u${uid}`, 'in-runtime');
    const env = {
      BEARER_TOKEN: '',
      BEARER_TOKEN_FILE: write('empty', ' \n'),
      XDG_RUNTIME_DIR: folder,
    };
    expect(discoverToken(env, uid)?.token).toBe('in-runtime');
  });

  it('may all be empty', () => {
    expect(discoverToken({ XDG_RUNTIME_DIR: folder }, uid)).toBeUndefined();
    expect(discoverToken({}, undefined)).toBeUndefined();
  });
});

it('takes away the blanks of C around it, and no others', () => {
  expect(discoverToken({ BEARER_TOKEN: ' \f\n\r\t\vabc==\n' }, uid)?.token).toBe('abc==');
  expect(() => discoverToken({ BEARER_TOKEN: '\u00a0abc' }, uid)).toThrow(/BEARER_TOKEN/);
});

it('stops at what is no token', () => {
  writeFileSync(inTmp, 'good');
  for (const bad of ['a b', 'a\r\nX-Header: 1', 'é', '=', 'a=b', '"abc"']) {
    expect(() => discoverToken({ BEARER_TOKEN: bad }, uid)).toThrow(/not a bearer token/);
    const env = { BEARER_TOKEN_FILE: write('bad', bad) };
    expect(() => discoverToken(env, uid)).toThrow(
      /bad \(BEARER_TOKEN_FILE\) is not a bearer token/,
    );
  }
});

it('stops at a named file that is not there, and at what cannot be read', () => {
  writeFileSync(inTmp, 'good');
  expect(() => discoverToken({ BEARER_TOKEN_FILE: join(folder, 'none') }, uid)).toThrow(
    /It does not exist/,
  );
  mkdirSync(join(folder, `bt_u${uid}`));
  expect(() => discoverToken({ XDG_RUNTIME_DIR: folder }, uid)).toThrow(/EISDIR/);
});
