import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Cli, cliFor } from './cli.js';
import { startServer, type TestServer } from './server.js';

let server: TestServer;
let tempora: Cli;

beforeAll(async () => {
  server = await startServer();
  tempora = cliFor(server.url);
  await server.native.post('payload-types', { name: 'Gains' });
  await server.native.post('global-tags', { name: 'T' });
  const end = { major: 0, minor: 200 };
  for (const [minor, until] of [
    [100, end],
    [150, end],
  ] as const) {
    await server.native.post('global-tags/T/payloads', {
      payloads: [
        {
          payload_type: 'Gains',
          payload_url: `from${minor}`,
          checksum: '1',
          from: { major: 0, minor },
          until,
        },
      ],
    });
  }
  await server.native.patch('global-tags/T', { status: 'locked' });
});
afterAll(() => server.stop());

it('history tells each change, the newest first', async () => {
  const { code, stdout } = await tempora('history', 'T');
  expect(code).toBe(0);
  const [titles, ...lines] = stdout.trimEnd().split('\n');
  expect(titles).toMatch(/^when \(UTC\) +revision +who +what$/);
  expect(lines).toEqual([
    expect.stringMatching(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +\d+ +nobody in particular \(native\) +status unlocked → locked$/,
    ),
    expect.stringMatching(/ +payload-(inserted|trimmed), payload-(inserted|trimmed)$/),
    expect.stringMatching(/ +.*payload-inserted/),
    expect.stringMatching(/ +created$/),
  ]);
});

it('history --details tells what happened to each payload', async () => {
  const { stdout } = await tempora('history', 'T', '--details');
  expect(stdout).toMatch(/ payload-trimmed +Gains_\d+ +\d+ +100 – 150 +from100$/m);
  expect(stdout).toMatch(/ payload-inserted +Gains_\d+ +\d+ +150 – 200 +from150$/m);
  expect(stdout).toMatch(/ status unlocked → locked$/m);
});

it('history --json is what the server says', async () => {
  const { body } = await server.native.get('global-tags/T/history');
  expect(await tempora.json('history', 'T')).toEqual((body as { items: unknown }).items);
  expect((await tempora('history', 'none')).code).toBe(3);
});
