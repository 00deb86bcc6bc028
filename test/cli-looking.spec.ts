import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Cli, cliFor } from './cli.js';
import { quietPort } from './quiet-port.js';
import { startServer, type TestServer } from './server.js';

let server: TestServer;
let tempora: Cli;

beforeAll(async () => {
  server = await startServer();
  tempora = cliFor(server.url);
  await server.native.post('global-tags', { name: 'A_2026', description: 'first' });
  await server.native.post('global-tags', {
    name: 'B_2026',
    status: 'locked',
    author: '\u001b[2Jx',
  });
});
afterAll(() => server.stop());

describe('tag list', () => {
  it('is a table', async () => {
    const { code, stdout } = await tempora('tag', 'list');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^name +status +types +payloads +author +description$/),
      expect.stringMatching(/^A_2026 +unlocked +0 +0 +first$/),
      expect.stringMatching(/^B_2026 +locked +0 +0 +\\u\{1b\}\[2Jx$/),
      '',
    ]);
  });

  it('is JSON, as the server says it', async () => {
    const { body } = await server.native.get('global-tags');
    expect(await tempora.json('tag', 'list')).toEqual((body as { items: unknown }).items);
  });

  it('can be narrowed, to nothing', async () => {
    expect(await tempora.json('tag', 'list', '--status', 'locked')).toMatchObject([
      { name: 'B_2026' },
    ]);
    expect(await tempora.json('tag', 'list', '--search', 'none like this')).toEqual([]);
    expect(await tempora('tag', 'list', '--search', 'none like this')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'There is none.\n',
    });
  });
});

it('tag show is one of them, with its lists', async () => {
  await server.native.post('payload-types', { name: 'Pedestals' });
  await server.native.post('global-tags/A_2026/payloads', {
    payloads: [
      { payload_type: 'Pedestals', payload_url: 'a', checksum: 'b', from: { major: 0, minor: 1 } },
    ],
  });
  const { stdout } = await tempora('tag', 'show', 'A_2026');
  expect(stdout).toMatch(/^status +unlocked$/m);
  expect(stdout).toMatch(/^Pedestals +1 +Pedestals_\d+$/m);
  expect(await tempora.json('tag', 'show', 'A_2026')).toMatchObject({
    name: 'A_2026',
    payload_lists: [{ payload_type: 'Pedestals' }],
  });
  expect(await tempora('tag', 'show', 'no/such?tag')).toEqual({
    code: 3,
    stdout: '',
    stderr: 'tempora: The global tag "no/such?tag" does not exist.\n',
  });
});

it('whoami says who, and what for', async () => {
  const { stdout } = await tempora('whoami', '--tag', 'A_2026');
  expect(stdout).toContain('nobody in particular');
  expect(stdout).toContain('read create');
  expect(await tempora.json('whoami')).toMatchObject({ subject: null });
});

describe('status', () => {
  it('says which server it is, and how it is', async () => {
    const { code, stdout } = await tempora('status');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^intervals +continuous: an end is the first moment outside$/m);
    expect(stdout).toMatch(/^database +up +.*role: primary/m);
    expect(await tempora.json('status')).toMatchObject({
      server: server.url,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as unknown,
      iov_mode: 'continuous',
      status: 'ok',
      checks: { database: { status: 'up' } },
    });
  });

  it('ends with 8 where the server says that it is not ready', async () => {
    const sick = createServer((request, response) => {
      const ready = request.url === '/health/ready';
      response.writeHead(ready ? 503 : 200, { 'content-type': 'application/json' });
      response.end(
        ready ? '{"status": "error", "details": {"database": {"status": "down"}}}' : '{}',
      );
    });
    sick.listen(0, '127.0.0.1');
    await once(sick, 'listening');
    try {
      const { port } = sick.address() as AddressInfo;
      const run = await cliFor(`http://127.0.0.1:${port}`)('status');
      expect(run.code).toBe(8);
      expect(run.stdout).toMatch(/^database +down$/m);
      expect(run.stderr).toBe('tempora: The server is not ready: error.\n');
    } finally {
      sick.close();
    }
  });
});

describe('the exit code', () => {
  it('is 2 for what is not understood, and says what was meant', async () => {
    for (const [args, said] of [
      [['tag', 'lst'], 'list'],
      [['tag', 'list', '--searhc', 'x'], '--search'],
      [['--timeout', 'soon', 'status'], 'soon'],
      [['--server', 'http://', 'status'], 'http://'],
      [[], 'Usage'],
    ] as const) {
      const { code, stdout, stderr } = await tempora(...args);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(said);
    }
  });

  it('is 0 where help was asked for', async () => {
    const { code, stdout } = await tempora('tag', 'list', '--help');
    expect(code).toBe(0);
    expect(stdout).toContain('$ tempora tag list');
  });

  it('is 6 for what the server does not accept', async () => {
    expect(await tempora('tag', 'list', '--status', 'x'.repeat(100))).toMatchObject({
      code: 6,
      stderr: expect.stringMatching(/^tempora: status: \S.*\n$/) as unknown,
    });
  });

  it('is 8 where nobody listens', async () => {
    const gone = cliFor(`http://127.0.0.1:${await quietPort()}`);
    const { code, stderr } = await gone('status', '--json');
    expect(code).toBe(8);
    expect(JSON.parse(stderr)).toMatchObject({
      code: 'unreachable',
      detail: expect.stringContaining('nothing listens there') as unknown,
    });
  });
});
