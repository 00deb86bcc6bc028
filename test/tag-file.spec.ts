import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databaseContent } from './database-content.js';
import { DropInConditions } from './drop-in-conditions.js';
import { contentOf, exported, fileOf, imported, linesOf, NDJSON } from './exported-tag.js';
import { type JsonObject } from './json.js';
import { expectProblem } from './native-problem.js';
import { RawSocket } from './raw-socket.js';
import { startServer, type TestServer } from './server.js';
import { REFERENCE_AUTH, signed } from './token-issuer.js';

const OPEN = 2n ** 63n - 1n;

let server: TestServer;
let file: string;

/** Two types, one of them with the extremes; the tag is locked. */
beforeAll(async () => {
  server = await startServer();
  const conditions = new DropInConditions(server.dropIn);
  await conditions.tagWithLists('Original', 'Beam', 'Gains');
  await server.native.patch('global-tags/Original', { author: 'alice', description: ' as it is ' });
  const answer = await server.native.post('global-tags/Original/payloads', {
    payloads: [
      {
        payload_type: 'Beam',
        payload_url: 'a\\b',
        checksum: '1\n2',
        size: OPEN,
        revision: 'é"',
        from: { major: OPEN - 1n, minor: OPEN },
        until: { major: OPEN, minor: OPEN - 1n },
      },
      { payload_type: 'Beam', payload_url: 'b', checksum: '2', from: { major: 0, minor: 5 } },
      { payload_type: 'Gains', payload_url: 'c', checksum: '3', from: { major: 0, minor: 0 } },
    ],
  });
  expect(answer.status).toBe(201);
  await conditions.changeStatus('Original', 'locked');
  file = await exported(server.native, 'Original');
});
afterAll(() => server.stop());

describe('An exported global tag', () => {
  it('is JSON in lines: the tag, its lists, each with its payloads by their starts, the digest', () => {
    const lines = linesOf(file);
    expect(lines).toMatchObject([
      {
        format: 'tempora-export',
        version: 1,
        global_tag: 'Original',
        author: 'alice',
        status: 'locked',
        iov_mode: 'continuous',
        payload_lists_count: 2,
        payload_iov_count: 3,
      },
      {
        payload_type: 'Beam',
        payload_list: expect.stringMatching(/^Beam_\d+$/),
        payload_iov_count: 2,
      },
      { payload_url: 'b', size: null, revision: null, from: { major: 0, minor: 5 }, until: null },
      {
        payload_url: 'a\\b',
        checksum: '1\n2',
        size: OPEN,
        revision: 'é"',
        from: { major: OPEN - 1n, minor: OPEN },
        until: { major: OPEN, minor: OPEN - 1n },
      },
      { payload_type: 'Gains', payload_iov_count: 1 },
      { payload_url: 'c' },
      { payload_lists_count: 2, payload_iov_count: 3 },
    ]);
    const before = file.slice(0, file.trimEnd().lastIndexOf('\n') + 1);
    expect(lines.at(-1)?.['sha256']).toBe(createHash('sha256').update(before).digest('hex'));
  });

  it('is refused where there is none', async () => {
    expectProblem(await server.native.get('global-tags/None/export'), 'global-tag-not-found');
  });
});

describe('An import', () => {
  it('makes the same tag under another name, status included, and it answers at once', async () => {
    const answer = await imported(server.native, 'Copy', file);
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe('/api/v1/global-tags/Copy');
    expect(answer.body).toMatchObject({
      name: 'Copy',
      author: 'alice',
      description: 'as it is',
      status: 'locked',
      payload_lists_count: 2,
      payload_iov_count: 3,
    });
    expect(contentOf(await exported(server.native, 'Copy'))).toEqual(contentOf(file));
    const at = await server.native.get('global-tags/Copy/payloads/at?major=0&minor=7');
    expect(at.body).toMatchObject({
      payloads: { Beam: { payload_url: 'b' }, Gains: { payload_url: 'c' } },
    });
  });

  it('gives it another status if asked', async () => {
    const answer = await imported(server.native, 'Open', file, '?status=unlocked');
    expect(answer.body).toMatchObject({ status: 'unlocked' });
    expectProblem(await imported(server.native, 'Odd', file, '?status=odd'), 'status-not-found');
  });

  it('makes the payload types that are missing', async () => {
    const lines = linesOf(file);
    lines[1] = { ...lines[1], payload_type: 'Made', payload_type_description: 'by an import' };
    expect((await imported(server.native, 'WithType', fileOf(lines))).status).toBe(201);
    const type = await server.native.get('payload-types/Made');
    expect(type.body).toMatchObject({ description: 'by an import' });
  });

  it('takes an empty tag', async () => {
    await server.native.post('global-tags', { name: 'Empty' });
    const empty = await exported(server.native, 'Empty');
    expect((await imported(server.native, 'Empty2', empty)).status).toBe(201);
  });

  it('is refused where the tag exists', async () => {
    expectProblem(await imported(server.native, 'Original', file), 'global-tag-exists');
  });

  it('is refused of JSON, and other routes take no lines', async () => {
    const json = await server.native.post('global-tags/Json/import', { format: 'tempora-export' });
    expect(expectProblem(json, 'unsupported-media-type').detail).toContain(NDJSON);
    const none = await server.native.send('POST', 'global-tags/None/import');
    expectProblem(none, 'unsupported-media-type');
    const lines = await server.native.send('POST', 'global-tags', {
      text: '{"name":"X"}',
      headers: { 'content-type': NDJSON },
    });
    expectProblem(lines, 'unsupported-media-type');
  });

  it('is refused by a name that nothing new may have', async () => {
    expectProblem(await imported(server.native, 'a/b', file), 'invalid-request');
  });
});

type Change = (lines: JsonObject[]) => string | readonly JsonObject[];

describe('A file that is not as it was written leaves nothing', () => {
  const damaged: [string, string, RegExp, Change][] = [
    ['an empty body', 'malformed-body', /not whole/, () => ''],
    ['no JSON', 'malformed-body', /^Line 1 is no JSON/, () => 'PK\u0003\u0004\n'],
    ['another JSON', 'malformed-body', /^Line 1: This is no exported/, () => '{"a":1}\n'],
    [
      'no object',
      'malformed-body',
      /^Line 2 is no JSON object/,
      () => file.replace('\n', '\n[]\n'),
    ],
    [
      'another version',
      'malformed-body',
      /^Line 1:.*version 2/,
      ([first, ...rest]) => [{ ...first, version: 2 }, ...rest],
    ],
    [
      'a lost last line',
      'malformed-body',
      /^The file ends after line 6/,
      () => file.slice(0, file.trimEnd().lastIndexOf('\n') + 1),
    ],
    [
      'a line cut in the middle',
      'malformed-body',
      /^Line 6 is no JSON/,
      () => file.slice(0, file.trimEnd().lastIndexOf('\n') - 5),
    ],
    ['another byte', 'malformed-body', /^Line 7: The digest/, () => file.replace('"b"', '"x"')],
    [
      'a lost payload',
      'malformed-body',
      /^Line 4: The list before of "Beam" has 1 payloads/,
      (lines) => lines.toSpliced(2, 1),
    ],
    [
      'a lost list',
      'malformed-body',
      /^Line 5: The file holds 1 lists/,
      (lines) => lines.toSpliced(4, 2),
    ],
    [
      'something behind the last line',
      'malformed-body',
      /^Line 8: Nothing may follow/,
      () => `${file}{}\n`,
    ],
    [
      'two lists of a type',
      'malformed-body',
      /^Line 5: There are two lists/,
      (lines) => lines.with(4, { ...lines[4], payload_type: 'Beam' }),
    ],
    [
      'a payload before any list',
      'malformed-body',
      /^Line 2: A payload comes before/,
      (lines) => lines.toSpliced(1, 1),
    ],
    [
      'a wrong field',
      'invalid-request',
      /^line 3: checksum: Not a valid string/,
      (lines) => lines.with(2, { ...lines[2], checksum: 1 }),
    ],
    [
      'a missing field',
      'invalid-request',
      /^line 3: payload_url: This field is required/,
      (lines) => lines.with(2, { ...lines[2], payload_url: undefined }),
    ],
    [
      'too long a field',
      'invalid-request',
      /^line 3: payload_url: .*255/,
      (lines) => lines.with(2, { ...lines[2], payload_url: 'x'.repeat(256) }),
    ],
    [
      'a wrong moment',
      'invalid-request',
      /^line 3: from\.minor/,
      (lines) => lines.with(2, { ...lines[2], from: { major: 1, minor: -1 } }),
    ],
    [
      'an end before its start',
      'invalid-request',
      /^line 3: until: The end is before/,
      (lines) => lines.with(2, { ...lines[2], until: { major: 0, minor: 4 } }),
    ],
    [
      'a type with a name that none may have',
      'invalid-request',
      /name may not contain/,
      (lines) => lines.with(1, { ...lines[1], payload_type: 'a/b' }),
    ],
    [
      'a line without end',
      'malformed-body',
      /^Line 2 is longer/,
      () => file.replace('\n', `\n${'x'.repeat(70_000)}`),
    ],
    [
      'another mode',
      'iov-mode-differs',
      /"discrete"/,
      ([first, ...rest]) => [{ ...first, iov_mode: 'discrete' }, ...rest],
    ],
    [
      'a status that is not there',
      'status-not-found',
      /"odd"/,
      ([first, ...rest]) => [{ ...first, status: 'odd' }, ...rest],
    ],
  ];

  it.each(damaged)('%s: %s', async (_, code, detail, change) => {
    const before = await databaseContent(server.connection);
    const changed = change(linesOf(file));
    const answer = await imported(
      server.native,
      'Damaged',
      typeof changed === 'string' ? changed : fileOf(changed),
    );
    expect(expectProblem(answer, code as 'malformed-body').detail).toMatch(detail);
    expect(await databaseContent(server.connection)).toEqual(before);
  });
});

describe('Rights to import', () => {
  let guarded: TestServer;

  beforeAll(async () => {
    guarded = await startServer({
      env: { ...REFERENCE_AUTH, CDB_PERMISSION_PLUGIN_CLASS: 'scopes' },
    });
  });
  afterAll(() => guarded.stop());

  it.each([
    ['no token', undefined, 'unauthenticated', /credentials/],
    [
      'no right to create',
      'cdb.insert:/',
      'forbidden',
      /right to create is missing for the global tag/,
    ],
    [
      'no right to insert',
      'cdb.create:/ cdb.lock:/',
      'forbidden',
      /right to insert is missing for the payload type "Beam" in the global tag "Copy"/,
    ],
    ['no right to lock', 'cdb.create:/ cdb.insert:/', 'forbidden', /right to lock is missing/],
  ] as const)('%s', async (_, scope, code, detail) => {
    const client =
      scope === undefined ? guarded.native : guarded.native.as(await signed({ scope }));
    const before = await databaseContent(guarded.connection);
    expect(expectProblem(await imported(client, 'Copy', file), code).detail).toMatch(detail);
    expect(await databaseContent(guarded.connection)).toEqual(before);
  });

  it('all of them', async () => {
    const client = guarded.native.as(
      await signed({ scope: 'cdb.create:/ cdb.insert:/ cdb.lock:/' }),
    );
    expect((await imported(client, 'Copy', file)).status).toBe(201);
  });
});

describe('A body that takes its time', () => {
  let hurried: TestServer;

  beforeAll(async () => {
    hurried = await startServer({
      env: { CDB_REQUEST_TIMEOUT_S: '1', CDB_STREAM_STALL_S: '30', CDB_STREAMS: '1' },
    });
  });
  afterAll(() => hurried.stop());

  function post(path: string, type: string, length: number, text: string): string {
    return `POST /api/v1/${path} HTTP/1.1\r\nHost: tempora\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n${text}`;
  }

  it('may take longer than other requests, but there are not many at once', async () => {
    const middle = file.indexOf('\n') + 10;
    const slow = new RawSocket(hurried.url);
    await slow.send(
      post('global-tags/Slow/import', NDJSON, Buffer.byteLength(file), file.slice(0, middle)),
    );
    const other = new RawSocket(hurried.url);
    await other.send(post('global-tags', 'application/json', 20, '{"name":'));
    // Begun later, and over: the time of the slow one has passed, too.
    expect((await other.answer()).status).toBe(408);
    expectProblem(await imported(hurried.native, 'Second', file), 'overloaded');
    await slow.send(file.slice(middle));
    expect(await slow.answer()).toMatchObject({ status: 201, json: { name: 'Slow' } });
    slow.destroy();
  });
});

describe('A body that stops', () => {
  it('is given up, and leaves nothing', async () => {
    const impatient = await startServer({ env: { CDB_STREAM_STALL_S: '1' } });
    const before = await databaseContent(impatient.connection);
    const socket = new RawSocket(impatient.url);
    await socket.send(
      `POST /api/v1/global-tags/Stopped/import HTTP/1.1\r\nHost: tempora\r\nContent-Type: ${NDJSON}\r\nContent-Length: ${Buffer.byteLength(file)}\r\n\r\n${file.slice(0, -10)}`,
    );
    expect(await socket.answer()).toMatchObject({ status: 408, json: { code: 'request-timeout' } });
    expect(await databaseContent(impatient.connection)).toEqual(before);
    socket.destroy();
    await impatient.stop();
  });
});
