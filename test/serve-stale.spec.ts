/** What memory answers while no database does. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DatabaseLine } from './database-line.js';
import { DropInConditions } from './drop-in-conditions.js';
import { type Answer } from './http-client.js';
import { createDatabase } from './postgres.js';
import { readiness } from './replicated-service.js';
import { type Environment, startServer, type TestServer } from './server.js';
import { until } from './until.js';

/** Whoever waits is told that the database is gone, not that it was too slow. */
const ENDLESS = { CDB_POOL_WAIT_MS: '600000', CDB_READ_TIMEOUT_S: '3600' };
const RESOLVE = 'payloadiovs/?gtName=T&majorIOV=0&minorIOV=5';
const AT = 'global-tags/T/payloads/at?major=0&minor=5';
const BETWEEN =
  'global-tags/T/payloads/between?from_major=0&from_minor=0&until_major=1&until_minor=0';

describe('While no database answers', () => {
  let line: DatabaseLine;
  let server: TestServer;

  beforeAll(async () => {
    line = await DatabaseLine.open(await createDatabase());
    server = await start({ CDB_SERVE_STALE: '1h' });
    const conditions = new DropInConditions(server.dropIn);
    for (const [tag, type] of [
      ['T', 'Beam'],
      ['Cold', 'Field'],
    ] as const) {
      const [list = ''] = await conditions.tagWithLists(tag, type);
      await conditions.inserted(list, `${tag}.root`, [0, 1]);
    }
  });
  afterAll(async () => {
    await server.stop();
    line.close();
  });

  async function start(env: Environment): Promise<TestServer> {
    return startServer({ connection: line.connection, env: { ...ENDLESS, ...env } });
  }

  /** All that is asked here, once the tag is held. */
  async function warm(asked: TestServer): Promise<Answer[]> {
    await until(
      async () => (await asked.dropIn.get(RESOLVE)).headers.get('cache-status') === 'Tempora; hit',
    );
    return answers(asked);
  }

  async function answers({ dropIn, native }: TestServer): Promise<Answer[]> {
    const paths = [dropIn.get('globalTags'), dropIn.get('gtPayloadLists/T'), dropIn.get(RESOLVE)];
    return Promise.all([
      ...paths,
      native.get(AT),
      native.get(BETWEEN),
      native.post('global-tags/T/payloads/at', { moments: [{ major: 0, minor: 5 }] }),
    ]);
  }

  it.each(['cut', 'fallSilent'] as const)(
    'since the line was %s, memory answers as before, marked, and no cache keeps it',
    async (lose) => {
      const before = await warm(server);
      line[lose]();
      await until(async () => (await server.dropIn.get(RESOLVE)).headers.has('tempora-stale'));
      await until(async () => {
        const { code, details } = await readiness(server);
        return code === 503 && details['database']?.['state'] === 'lost';
      });
      const after = await answers(server);
      expect(after.map(({ text }) => text)).toEqual(before.map(({ text }) => text));
      for (const { status, headers } of after) {
        expect(status).toBe(200);
        expect(Number(headers.get('tempora-stale'))).toBeGreaterThan(0);
        expect(headers.get('cache-status')).toMatch(/^Tempora; hit; ttl=-\d+$/);
        expect(headers.get('cache-control')).toBe('no-store');
        expect(headers.get('etag')).toBeNull();
      }
      expect(await server.dropIn.get(RESOLVE.replace('gtName=T', 'gtName=Cold'))).toMatchObject({
        status: 504,
      });
      expect(await server.dropIn.post('pt', { name: 'Never' })).toMatchObject({ status: 504 });
      line.mend();
      const again = await warm(server);
      for (const { headers } of again) expect(headers.has('tempora-stale')).toBe(false);
    },
  );

  it.each([
    ['unless it is allowed', {}],
    ['for longer than allowed', { CDB_SERVE_STALE: '1ms' }],
  ])('memory does not answer %s', async (_, env) => {
    const other = await start(env);
    await warm(other);
    line.cut();
    await until(async () => (await other.dropIn.get(RESOLVE)).status === 504);
    expect(await other.native.get(AT)).toMatchObject({ status: 503 });
    expect(await other.native.get(BETWEEN)).toMatchObject({ status: 503 });
    expect(await other.dropIn.get('globalTags')).toMatchObject({ status: 504 });
    line.mend();
    await warm(other);
    await other.stop();
  });
});
