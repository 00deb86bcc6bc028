import { createServer } from 'node:http';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Cli, cliFor } from './cli.js';
import { contentOf, exported } from './exported-tag.js';
import { startServer, type TestServer } from './server.js';

/** More than goes to the database, or over a connection, at once. */
const PAYLOADS = 10_000;

let server: TestServer;
let tempora: Cli;
let folder: string;

beforeAll(async () => {
  server = await startServer();
  tempora = cliFor(server.url);
  await server.native.post('payload-types', { name: 'Gains' });
  await server.native.post('global-tags', { name: 'Großer Tag', author: 'alice' });
  const payloads = Array.from({ length: PAYLOADS }, (_, run) => ({
    payload_type: 'Gains',
    payload_url: `gains/${run}`,
    checksum: 'c',
    from: { major: 0, minor: run },
  }));
  const answer = await server.native.post('global-tags/Gro%C3%9Fer%20Tag/payloads', { payloads });
  expect(answer.status).toBe(201);
});
afterAll(() => server.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tempora-file-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('export and import', () => {
  it.each(['tag.ndjson', 'tag.ndjson.gz'])('by way of a file: %s', async (name) => {
    const file = join(folder, name);
    expect(await tempora('export', 'Großer Tag', '--output', file)).toEqual({
      code: 0,
      stdout: `${file}: Großer Tag with ${PAYLOADS} payloads.\n`,
      stderr: '',
    });
    expect(readdirSync(folder)).toEqual([name]);
    const bytes = readFileSync(file);
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    expect(contentOf(text)).toEqual(contentOf(await exported(server.native, 'Großer Tag')));
    const { code, stdout, stderr } = await tempora('import', file, '--as', name);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `${name} is unlocked, with ${PAYLOADS} payloads in 1 lists.\n`,
      stderr: '',
    });
    expect(contentOf(await exported(server.native, name))).toEqual(contentOf(text));
  });

  it('to the standard output, and as JSON what was made', async () => {
    const { code, stdout } = await tempora('export', 'Großer Tag');
    expect(code).toBe(0);
    const file = join(folder, 'file');
    writeFileSync(file, stdout);
    const made = await tempora.json('import', file, '--as', 'Locked', '--status', 'locked');
    expect(made).toMatchObject({ name: 'Locked', status: 'locked', payload_iov_count: PAYLOADS });
  });

  it('takes the name of the file, which may be taken', async () => {
    const file = join(folder, 'file');
    await tempora('export', 'Großer Tag', '-o', file);
    const { code, stderr } = await tempora('import', file);
    expect(code).toBe(5);
    expect(stderr).toContain('already exists');
  });

  it('overwrites no file unasked, and leaves no half of one', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'mine');
    writeFileSync(`${file}.part`, 'mine, too');
    expect((await tempora('export', 'Großer Tag', '-o', file)).code).toBe(7);
    expect((await tempora('export', 'None', '-o', join(folder, 'none'))).code).toBe(3);
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect((await tempora('export', 'Großer Tag', '-o', file, '--yes')).code).toBe(0);
    expect(readdirSync(folder)).toEqual(['file', 'file.part']);
    expect(readFileSync(`${file}.part`, 'utf8')).toBe('mine, too');
    expect((await tempora('export', 'Großer Tag', '-o', join(folder, 'no/such'))).code).toBe(1);
  });

  it('tells the line that is wrong, though most of the file is not sent yet', async () => {
    const file = join(folder, 'file');
    const text = await exported(server.native, 'Großer Tag');
    writeFileSync(file, text.replace('"checksum":"c"', '"checksum":17').repeat(3));
    const { code, stderr } = await tempora('import', file, '--as', 'Broken');
    expect(code).toBe(6);
    expect(stderr).toContain('line 3: checksum: Not a valid string.');
    writeFileSync(file, 'nothing of ours\n');
    expect((await tempora('import', file)).code).toBe(6);
    expect((await tempora('import', join(folder, 'none'))).code).toBe(6);
    expect((await server.native.get('global-tags/Broken')).status).toBe(404);
  });
});

it('an answer that is cut, or another than was sent, is no export', async () => {
  const whole = await exported(server.native, 'Großer Tag');
  const answers = [whole.slice(0, -1000), whole.replace('gains/77"', 'gains/78"')];
  const liar = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end(answers.shift());
  }).listen(0, '127.0.0.1');
  await once(liar, 'listening');
  const deceived = cliFor(`http://127.0.0.1:${(liar.address() as AddressInfo).port}`);
  for (const why of [/did not come/, /digest is another/]) {
    const { code, stderr } = await deceived('export', 'X', '-o', join(folder, 'x'));
    expect(code).toBe(10);
    expect(stderr).toMatch(why);
    expect(readdirSync(folder)).toEqual([]);
  }
  liar.close();
});
