import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { run } from '../apps/cli/src/run.js';
import { cliFor, startCli } from './cli.js';

const running = new Set<Server>();

afterEach(async () => {
  for (const server of running) {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
  running.clear();
});

/** A server that answers as it likes. @returns its address */
async function serverThat(
  answers: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answers);
  running.add(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function sends(status: number, type: string, body: string) {
  return (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': type }).end(body);
  };
}

const JSON_TYPE = 'application/json';
const PAGE = { total: 1, page: 1, page_size: 25 };
const TAG = {
  id: 1,
  name: 'T',
  author: null,
  description: null,
  status: 'unlocked',
  payload_lists_count: 0,
  payload_iov_count: 0,
  created: 'now',
  updated: 'now',
};

describe('an answer that is none of Tempora', () => {
  it.each([
    ['a page of somebody else', sends(200, 'text/html', '<html>Welcome</html>'), 9],
    ['an empty one', sends(200, JSON_TYPE, ''), 9],
    ['cut JSON', sends(200, JSON_TYPE, '{"items": [{"id"'), 9],
    ['a list', sends(200, JSON_TYPE, '[]'), 9],
    ['null', sends(200, JSON_TYPE, 'null'), 9],
    ['items that are none', sends(200, JSON_TYPE, '{"items": {"length": 3}}'), 9],
    [
      'rows without names',
      sends(200, JSON_TYPE, JSON.stringify({ items: [{ id: 1 }], ...PAGE })),
      9,
    ],
    ['404 of somebody else', sends(404, 'text/html', 'Not here'), 9],
    ['502 of a proxy', sends(502, 'text/html', '<h1>Bad Gateway</h1>'), 8],
    ['500 with other JSON', sends(500, JSON_TYPE, '{"message": "Internal"}'), 8],
    ['a problem', sends(503, JSON_TYPE, '{"code": "overloaded", "detail": "Too busy."}'), 8],
  ])('%s', async (_what, answers, code) => {
    const run = await cliFor(await serverThat(answers))('tag', 'list');
    expect([run.code, run.stdout]).toEqual([code, '']);
    expect(run.stderr).toMatch(/^tempora: \S[^\n]*\.( Is the address right\?)?\n$/);
    expect(run.stderr).not.toContain('<');
  });

  it('that stops half-way is one that failed', async () => {
    const cut = await serverThat((_request, response) => {
      response.writeHead(200, { 'content-type': JSON_TYPE, 'content-length': 1000 });
      response.write('{"items": [', () => response.destroy());
    });
    expect(await cliFor(cut)('tag', 'list')).toMatchObject({
      code: 8,
      stdout: '',
      stderr: `tempora: ${cut} cannot be asked: the connection was cut.\n`,
    });
    const half = await serverThat((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write('\n', () => response.destroy());
    });
    expect(await cliFor(half)('tag', 'diff', 'a', 'b')).toMatchObject({ code: 8 });
  });

  it('may be text that steers terminals', async () => {
    const detail = 'gone\u001b[2J\u0007';
    const evil = await serverThat(sends(404, JSON_TYPE, JSON.stringify({ code: 'x', detail })));
    const { stderr } = await cliFor(evil)('tag', 'show', 'a');
    expect(stderr).toBe('tempora: gone\\u{1b}[2J\\u{7}\n');
  });

  it('may be a page of more rows than a stack holds', async () => {
    const list = { name: 'L', payload_type: null, payload_iov_count: 0 };
    const items = Array.from({ length: 200_000 }, () => list);
    const large = await serverThat((request, response) => {
      const lists = request.url?.includes('payload-lists') === true;
      const body = lists ? { items, next: null } : TAG;
      response.writeHead(200, { 'content-type': JSON_TYPE }).end(JSON.stringify(body));
    });
    const { code, stdout } = await cliFor(large)('tag', 'show', 'T');
    expect([code, stdout.split('\n').length > items.length]).toEqual([0, true]);
  });

  it('may be a line that does not end', async () => {
    const endless = await serverThat((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      const more = (): void => {
        while (!response.destroyed && response.write(' '.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    });
    const { code, stderr } = await cliFor(endless)('tag', 'diff', 'a', 'b');
    expect(code).toBe(9);
    expect(stderr).toContain('a line does not end');
  });
});

describe('names that steer terminals', () => {
  const HOSTILE = 'x\u001b[2J\u009b31m\u202e\u007f\u{e0041}';
  const SHOWN = 'x\\u{1b}[2J\\u{9b}31m\\u{202e}\\u{7f}\\u{e0041}';
  const tag = { ...TAG, name: HOSTILE, status: HOSTILE, payload_lists_count: 1 };

  it('are shown in sentences and as fields', async () => {
    const type = { id: 1, name: HOSTILE, description: null, created: 'now' };
    const types = cliFor(await serverThat(sends(201, JSON_TYPE, JSON.stringify(type))));
    expect((await types('type', 'create', 'T')).stdout).toBe(`Made the payload type "${SHOWN}".\n`);
    const tags = cliFor(await serverThat(sends(201, JSON_TYPE, JSON.stringify(tag))));
    expect((await tags('tag', 'create', 'T')).stdout).toContain(
      `name           ${SHOWN}\nstatus         ${SHOWN}\n`,
    );
    const folder = mkdtempSync(join(tmpdir(), 'tempora-hostile-'));
    const file = join(folder, 'tag.ndjson');
    writeFileSync(file, '{"global_tag": "T", "payload_iov_count": 0}\n');
    const { stdout } = await tags('import', file, '--as', 'T');
    rmSync(folder, { recursive: true });
    expect(stdout).toBe(`${SHOWN} is ${SHOWN}, with 0 payloads in 1 lists.\n`);
  });

  it('are shown in JSON, which means the same', async () => {
    const tags = cliFor(await serverThat(sends(200, JSON_TYPE, JSON.stringify(tag))));
    const page = { items: [tag], next: null };
    const pages = cliFor(await serverThat(sends(200, JSON_TYPE, JSON.stringify(page))));
    const one = await tags('tag', 'create', 'T', '--json');
    const many = await pages('tag', 'list', '--json');
    for (const { stdout } of [one, many]) {
      expect(stdout).not.toMatch(/[^\P{C}\n]/u);
      expect(stdout).toContain('x\\u001b[2J\\u009b31m\\u202e\\u007f\\udb40\\udc41');
    }
    expect(JSON.parse(one.stdout)).toMatchObject({ name: HOSTILE });
    expect(JSON.parse(many.stdout)).toMatchObject([{ name: HOSTILE }]);
  });

  it('are shown in what is exported to a terminal', async () => {
    const lines = `${JSON.stringify({ format: 'f', global_tag: HOSTILE, payload_iov_count: 0 })}\n`;
    const sha256 = createHash('sha256').update(lines).digest('hex');
    const text = `${lines}${JSON.stringify({ sha256 })}\n`;
    const server = await serverThat(sends(200, 'application/x-ndjson', text));
    const stdout = Object.assign(new PassThrough(), { isTTY: true });
    const code = await run(['export', 'T'], {
      env: { TEMPORA_SERVER: server },
      uid: undefined,
      stdin: new PassThrough(),
      stdout,
      stderr: new PassThrough(),
      signal: new AbortController().signal,
    });
    const shown = String(stdout.read());
    expect(code).toBe(0);
    expect(shown).not.toMatch(/[^\P{C}\n]/u);
    expect(JSON.parse(shown.split('\n')[0] ?? '')).toMatchObject({ global_tag: HOSTILE });
    expect((await cliFor(server)('export', 'T')).stdout).toBe(text);
  });
});

it('a change of which nobody knows whether it was made is said to be one', async () => {
  const cut = await serverThat((request) => request.socket.destroy());
  const { code, stderr } = await cliFor(cut)('tag', 'create', 'T');
  expect(code).toBe(8);
  expect(stderr).toContain('It may have done what it was asked, or not');
  expect((await cliFor(cut)('tag', 'show', 'T')).stderr).not.toContain('may have');
});

it('who does not answer is not waited for', async () => {
  const silent = await serverThat(() => undefined);
  const { code, stderr } = await cliFor(silent)('tag', 'list', '--timeout', '0.2');
  expect(code).toBe(8);
  expect(stderr).toContain('does not answer in time');
});

describe('the token', () => {
  const env = { BEARER_TOKEN: ' secret.token \n' };

  it('goes to the server, and never where that one sends us', async () => {
    const asked: unknown[] = [];
    const other = await serverThat((request, response) => {
      asked.push(request.headers.authorization);
      response.end('{}');
    });
    const first = await serverThat((request, response) => {
      asked.push(request.headers.authorization);
      response.writeHead(307, { location: `${other}${request.url ?? ''}` }).end();
    });
    const { code, stderr } = await cliFor(first, env)('tag', 'list');
    expect(code).toBe(9);
    expect(stderr).toContain(`sends elsewhere, to ${other}/api/v1/global-tags`);
    expect(asked).toEqual(['Bearer secret.token']);
  });

  it('is never shown, and nothing is sent where there is none', async () => {
    const asked: unknown[] = [];
    const who = { subject: 'alice', issuer: 'x', expires: null, policy: 'p', global_tag: null };
    const server = await serverThat((request, response) => {
      asked.push(request.headers.authorization);
      response.setHeader('content-type', JSON_TYPE);
      response.end(JSON.stringify({ ...who, payload_type: null, rights: [] }));
    });
    const { stdout, stderr } = await cliFor(server, env)('whoami');
    expect(stdout).toMatch(/^token +BEARER_TOKEN$/m);
    expect(stdout + stderr).not.toContain('secret.token');
    await cliFor(server, { XDG_RUNTIME_DIR: '/nowhere' })('whoami');
    expect(asked).toEqual(['Bearer secret.token', undefined]);
  });

  it('that is none is not sent', async () => {
    const asked: unknown[] = [];
    const server = await serverThat((request, response) => {
      asked.push(request.url);
      response.end('{}');
    });
    expect((await cliFor(server, { BEARER_TOKEN: 'a b' })('whoami')).code).toBe(4);
    expect((await cliFor(server, { BEARER_TOKEN_FILE: '/no/such' })('whoami')).code).toBe(4);
    expect(asked).toEqual([]);
  });
});

describe('ended from outside', () => {
  it('by Ctrl-C it says so', async () => {
    let arrived: () => void;
    const asked = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const silent = await serverThat(() => {
      arrived();
    });
    const { child, ended } = await startCli(silent, ['tag', 'list']);
    await asked;
    child.kill('SIGINT');
    expect(await ended).toEqual({ code: 130, stdout: '', stderr: 'tempora: Interrupted.\n' });
  });

  it('by who reads no further it is quiet', async () => {
    const moment = { major: 0, minor: 1 };
    const line = JSON.stringify({
      id: 1,
      payload_type: 'T',
      payload_url: 'u',
      checksum: 'c',
      size: 1,
      effective: { from: moment, until: null },
    });
    const endless = await serverThat((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      const more = (): void => {
        while (!response.destroyed && response.write(`${line}\n`.repeat(100)));
      };
      response.on('drain', more);
      more();
    });
    const { child, ended } = await startCli(endless, ['payload', 'between', 'T', '0']);
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await ended).toMatchObject({ code: 141, stderr: '' });
  });
});
