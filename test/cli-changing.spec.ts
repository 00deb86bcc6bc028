import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Cli, cliFor } from './cli.js';
import { startServer, type TestServer } from './server.js';

let server: TestServer;
let tempora: Cli;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tempora-cli-'));
  server = await startServer();
  tempora = cliFor(server.url);
  for (const name of ['BeamSpot', 'Gains']) await server.native.post('payload-types', { name });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

/** A tag of one's own, with a payload of runs 100 to 200. */
async function newTag(name: string): Promise<string> {
  await server.native.post('global-tags', { name });
  await server.native.post(`global-tags/${name}/payloads`, {
    payloads: [
      {
        payload_type: 'BeamSpot',
        payload_url: 'first',
        checksum: '1',
        from: { major: 0, minor: 100 },
        until: { major: 0, minor: 200 },
      },
    ],
  });
  return name;
}

/** `100-150 url` of each, in order. */
async function payloadsOf(tag: string): Promise<string[]> {
  const rows = (await tempora.json('payload', 'list', tag)) as {
    from: { minor: number };
    until: { minor: number } | null;
    payload_url: string;
  }[];
  return rows.map(
    ({ from, until, payload_url }) => `${from.minor}-${until?.minor ?? ''} ${payload_url}`,
  );
}

describe('tags', () => {
  it('are made, copied, locked, unlocked, frozen', async () => {
    expect(await tempora.json('tag', 'create', 'T1', '--author', 'me')).toMatchObject({
      name: 'T1',
      author: 'me',
      status: 'unlocked',
    });
    expect(await tempora.json('tag', 'clone', 'T1', 'T2', '--description', 'copy')).toMatchObject({
      name: 'T2',
      author: 'me',
      description: 'copy',
    });
    expect(await tempora.json('tag', 'lock', 'T2')).toMatchObject({ status: 'locked' });
    expect(await tempora.json('tag', 'unlock', 'T2')).toMatchObject({ status: 'unlocked' });
    expect(await tempora.json('tag', 'freeze', 'T2', '--yes')).toMatchObject({ status: 'frozen' });
    expect(await tempora('tag', 'unlock', 'T2')).toMatchObject({
      code: 5,
      stderr: 'tempora: Global Tag is frozen: "T2" stays so for ever.\n',
    });
    expect(await tempora('tag', 'create', 'T1')).toMatchObject({ code: 5 });
  });

  it('and nothing else are destroyed without a question, which needs a terminal', async () => {
    const tag = await newTag('Kept');
    const [id] = (await tempora.json('payload', 'list', tag)) as { id: number }[];
    for (const command of [
      ['tag', 'freeze', tag],
      ['tag', 'delete', tag],
      ['type', 'delete', 'Gains'],
      ['payload', 'delete', String(id?.id)],
    ]) {
      const { code, stdout, stderr } = await tempora(...command);
      expect([command, code, stdout]).toEqual([command, 7, '']);
      expect(stderr).toContain('Nothing was done: say --yes');
    }
    expect(await tempora.json('tag', 'show', tag)).toMatchObject({ status: 'unlocked' });
    expect(await payloadsOf(tag)).toEqual(['100-200 first']);
    await tempora.json('type', 'create', 'Mistake', '--description', 'none');
    await tempora.json('type', 'delete', 'Mistake', '--yes');
    await tempora.json('payload', 'delete', String(id?.id), '--yes');
    expect(await payloadsOf(tag)).toEqual([]);
    await tempora.json('tag', 'delete', tag, '--yes');
    expect((await tempora('tag', 'show', tag)).code).toBe(3);
    const types = (await tempora.json('type', 'list')) as { name: string }[];
    expect(types.map(({ name }) => name).sort()).toEqual(['BeamSpot', 'Gains']);
  });

  it('are compared at a moment and over a range', async () => {
    const [a, b] = [await newTag('Left'), await newTag('Right')];
    expect(await tempora('tag', 'diff', a, b)).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'They do not differ.\n',
    });
    const insert = ['payload', 'insert', b, '--type', 'BeamSpot', '--url', 'second', '--yes'];
    await tempora.json(...insert, '--checksum', '2', '--from', '150', '--until', '160');
    const { stdout } = await tempora('tag', 'diff', a, b);
    expect(stdout.split('\n').slice(1)).toEqual([
      ' 150    160  BeamSpot      first  second  another file',
      '',
    ]);
    expect(await tempora.json('tag', 'diff', a, b, '--at', '149')).toEqual([]);
    expect(await tempora.json('tag', 'diff', a, b, '--at', '0,150')).toMatchObject([
      { payload_type: 'BeamSpot', second: { payload_url: 'second' } },
    ]);
    expect(
      await tempora.json(
        'tag',
        'diff',
        a,
        b,
        '--from',
        '155',
        '--until',
        '1,0',
        '--type',
        'BeamSpot',
      ),
    ).toMatchObject([{ range: { from: { minor: 155 }, until: { minor: 160 } } }]);
    expect((await tempora('tag', 'diff', a, b, '--at', '1', '--from', '2')).code).toBe(2);
    expect((await tempora('tag', 'diff', a, 'none')).code).toBe(3);
  });
});

describe('payload insert', () => {
  it('shows what would change, and asks where others would be touched', async () => {
    const tag = await newTag('Asked');
    const insert = ['payload', 'insert', tag, '--type', 'BeamSpot', file('b.root', 'b')];
    const between = [...insert, '--url', 'b.root', '--from', '150', '--until', '160'];

    const dry = await tempora(...between, '--dry-run');
    expect(dry.code).toBe(0);
    expect(dry.stdout).toMatch(/^added +150 – 160 +b\.root$/m);
    expect(dry.stdout).toMatch(/^shortened +\d+ +100 – 200 +100 – 150 +first$/m);
    expect(dry.stdout).toMatch(/^goes on +\d+ +160 – 200 +first$/m);

    const asked = await tempora(...between);
    expect([asked.code, asked.stdout]).toEqual([7, '']);
    expect(asked.stderr).toContain('shortened');
    expect(await payloadsOf(tag)).toEqual(['100-200 first']);

    expect(await tempora.json(...between, '--yes')).toMatchObject({ dry_run: false });
    expect(await payloadsOf(tag)).toEqual(['100-150 first', '150-160 b.root', '160-200 first']);

    // Into a gap it goes without a question.
    const gap = await tempora(...insert, '--url', 'c.root', '--from', '300', '--until', 'open');
    expect(gap).toMatchObject({ code: 0, stderr: '' });
    expect(await tempora.json('payload', 'at', tag, '300', '99')).toMatchObject({
      answers: [
        { payloads: {}, missing: ['BeamSpot'] },
        { payloads: { BeamSpot: { payload_url: 'c.root', checksum: md5('b'), size: 1 } } },
      ],
    });
  });

  it('copies into the store what nopayloadclient would find there', async () => {
    const tag = await newTag('Stored');
    const store = join(folder, 'store');
    mkdirSync(store);
    const spot = file('spot.root', 'spot');
    const inserted = await tempora(
      ...['payload', 'insert', tag, `BeamSpot=${spot}`, `Gains=${file('gains.root', 'gains')}`],
      ...['--from', '500', '--until', '600', '--store', store, '--revision', '3'],
    );
    expect(inserted.stderr).toBe('');
    const sum = md5('spot');
    const path = `BeamSpot/${sum.slice(0, 2)}/${sum.slice(2, 4)}/${sum}_spot.root`;
    expect(readFileSync(join(store, path), 'utf8')).toBe('spot');
    expect(await payloadsOf(tag)).toContain(`500-600 ${path}`);
    expect(inserted.stdout).toContain('Copied 2 files into the store');

    // A store that holds something else under the name is not written to, nor is the tag.
    writeFileSync(join(store, path), 'damaged');
    const again = await tempora(
      ...['payload', 'insert', tag, `BeamSpot=${spot}`, '--from', '700', '--store', store],
    );
    expect(again.code).toBe(10);
    expect(readFileSync(join(store, path), 'utf8')).toBe('damaged');
    expect(await payloadsOf(tag)).not.toContainEqual(expect.stringMatching(/^700/));
  });

  it('takes many from a manifest, all or none', async () => {
    const tag = await newTag('Many');
    const entries = [
      {
        payload_type: 'BeamSpot',
        from: 300,
        until: '400',
        file: file('m.root', 'm'),
        payload_url: 'm',
      },
      {
        payload_type: 'Gains',
        from: '0,5',
        until: 'open',
        payload_url: 'g',
        checksum: '5',
        size: 7,
      },
      { payload_type: 'Gains', from: { major: 0, minor: 9 }, payload_url: 'h', checksum: '6' },
    ];
    const manifest = file('m.jsonl', entries.map((entry) => JSON.stringify(entry)).join('\n'));
    await tempora.json('payload', 'insert', tag, '--manifest', manifest);
    expect(await payloadsOf(tag)).toEqual(['5- g', '9- h', '100-200 first', '300-400 m']);

    const bad = [...entries, { payload_type: 'None', from: 1, payload_url: 'x', checksum: '1' }];
    const refused = await tempora(
      'payload',
      'insert',
      tag,
      '--manifest',
      file('x', JSON.stringify(bad)),
    );
    expect(refused).toMatchObject({ code: 3 });
    expect(refused.stderr).toContain('None');
    expect(await payloadsOf(tag)).toHaveLength(4);
  });

  it('says what is missing, wrong or cannot be read', async () => {
    const tag = await newTag('Refused');
    const spot = file('r.root', 'r');
    const cases = [
      [['--type', 'BeamSpot', spot], 2, '--from'],
      [['--type', 'BeamSpot', spot, '--from', '1.5'], 2, 'not a moment'],
      [[spot, '--from', '1'], 2, 'Which payload type'],
      [['--type', 'BeamSpot', spot, '--from', '1'], 2, '--store'],
      [['--type', 'BeamSpot', spot, spot, '--from', '1'], 2, 'One interval'],
      [['--type', 'BeamSpot', '--from', '1'], 2, 'Name a file'],
      [['BeamSpot=/no/such', '--url', 'u', '--from', '1'], 6, 'There is no file /no/such'],
      [[`BeamSpot=${folder}`, '--url', 'u', '--from', '1'], 6, 'is a folder'],
      [['--type', 'BeamSpot', spot, '--from', '1', '--store', '/no/such'], 6, 'no payload store'],
      [['--type', 'BeamSpot', spot, '--url', 'u', '--from', '1', '--checksum', 'x'], 10, md5('r')],
      [['--manifest', file('bad', '{"from": 1'), '--yes'], 6, 'neither'],
      [['--manifest', file('odd', '{"from": 1, "untill": 2}')], 6, 'untill'],
      [['--manifest', file('nul', 'null')], 6, 'entry 1'],
      [['--type', 'BeamSpot', spot, '--url', 'u', '--from', '9', '--until', '8'], 6, '9'],
    ] as const;
    const runs = cases.map(([args]) => tempora('payload', 'insert', tag, ...args));
    for (const [index, run] of (await Promise.all(runs)).entries()) {
      const [args, code, said] = cases[index] ?? [[], 0, ''];
      expect([args, run.code, run.stdout]).toEqual([args, code, '']);
      expect(run.stderr).toContain(said);
    }
    expect(await payloadsOf(tag)).toEqual(['100-200 first']);
  });
});

it('payload between says which part of a range each is for', async () => {
  const tag = await newTag('Ranges');
  expect(await tempora.json('payload', 'between', tag, '150', '170')).toMatchObject([
    { effective: { from: { minor: 150 }, until: { minor: 170 } }, payload_url: 'first' },
  ]);
  expect((await tempora('payload', 'between', tag, '150')).stdout).toMatch(
    /^BeamSpot +150 +200 +\d+ +1 +first$/m,
  );
  expect(await tempora('payload', 'between', tag, '500')).toMatchObject({
    stdout: '',
    stderr: 'Nothing is valid in this range.\n',
  });
});
