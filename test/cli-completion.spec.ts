import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SHELL_SCRIPTS } from '../apps/cli/src/completion/shell-scripts.js';
import { run } from '../apps/cli/src/run.js';
import { compiledSources } from './compiled-sources.js';
import { quietPort } from './quiet-port.js';
import { startServer, type TestServer } from './server.js';

let server: TestServer;
let folder: string;

beforeAll(async () => {
  server = await startServer();
  for (const name of ['Run_2026', 'Run_2025', 'Test']) {
    await server.native.post('global-tags', { name });
  }
  await server.native.post('payload-types', { name: 'Gains' });
  folder = mkdtempSync(join(tmpdir(), 'tempora-completion-'));
  mkdirSync(join(folder, 'bin'));
  const main = join(await compiledSources(), 'apps/cli/src/main.js');
  writeFileSync(
    join(folder, 'bin/tempora'),
    `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`,
    {
      mode: 0o755,
    },
  );
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** What is offered for the last of these words. */
async function offered(...words: string[]): Promise<string[]> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await run(['complete', '--', ...words], {
    env: { TEMPORA_SERVER: server.url },
    uid: undefined,
    stdin: new PassThrough(),
    stdout,
    stderr,
    signal: new AbortController().signal,
  });
  expect([code, stderr.read()]).toEqual([0, null]);
  const lines = String(stdout.read() ?? '').split('\n');
  return lines.flatMap((line) => (line === '' ? [] : [line.split('\t')[0] ?? '']));
}

describe('what is offered', () => {
  it.each([
    [['t'], ['tag', 'token', 'type']],
    [
      ['tag', 'l'],
      ['list', 'lock'],
    ],
    [
      ['--json', 'tag', 'l'],
      ['list', 'lock'],
    ],
    [['tag', 'list', '--st'], ['--status']],
    [['tag', 'list', '--js'], ['--json']],
    [
      ['tag', 'show', 'Run'],
      ['Run_2025', 'Run_2026'],
    ],
    [
      ['tag', 'diff', 'Test', '--type', 'Gains', 'Run'],
      ['Run_2025', 'Run_2026'],
    ],
    [['payload', 'at', 'Test', '1', '--type', ''], ['Gains']],
    [['payload', 'insert', 'Test', 'so'], [':files']],
    [['payload', 'insert', 'Test', '--store', ''], [':files']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['tag', 'create', '--description', ''], []],
    [['tag', 'show', 'None'], []],
    [['nonsense', 'x', ''], expect.arrayContaining(['tag'])],
  ])('after %j', async (words, expected) => {
    expect((await offered(...words)).sort()).toEqual(
      Array.isArray(expected) ? [...expected].sort() : expected,
    );
  });

  it('is nothing where the server cannot be asked', async () => {
    const gone = `http://127.0.0.1:${await quietPort()}`;
    expect(await offered('--server', gone, 'tag', 'show', 'R')).toEqual([]);
  });
});

it('bash completes', async () => {
  const line = `eval "$(tempora completion bash)"
    COMP_WORDS=(tempora tag show Run); COMP_CWORD=3; _tempora
    printf '%s\\n' "\${COMPREPLY[@]}"; complete -p tempora`;
  const { stdout } = await promisify(execFile)('bash', ['-c', line], {
    env: { PATH: `${folder}/bin:${process.env['PATH'] ?? ''}`, TEMPORA_SERVER: server.url },
  });
  expect(stdout.trim().split('\n').sort()).toEqual(
    ['Run_2025', 'Run_2026', 'complete -F _tempora tempora'].sort(),
  );
});

describe.each(['zsh', 'fish'] as const)('%s', (shell) => {
  const missing = spawnSync(shell, ['--version']).error !== undefined;
  (missing ? it.skip : it)('understands its script', () => {
    const file = join(folder, `tempora.${shell}`);
    writeFileSync(file, SHELL_SCRIPTS[shell]);
    expect(spawnSync(shell, ['-n', file]).status).toBe(0);
  });
});
