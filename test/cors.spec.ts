import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DropInConditions } from './drop-in-conditions.js';
import { startServer, type TestServer } from './server.js';
import { until } from './until.js';

const ORIGIN = 'https://conditions.example.org';

describe('Pages of CDB_CORS_ORIGINS', () => {
  let server: TestServer;
  const resolve = 'payloadiovs/?gtName=Tag&majorIOV=0&minorIOV=5';

  beforeAll(async () => {
    server = await startServer({ env: { CDB_CORS_ORIGINS: `${ORIGIN}, http://127.0.0.1:9000` } });
    const conditions = new DropInConditions(server.dropIn);
    const [list = ''] = await conditions.tagWithLists('Tag', 'Beam');
    await conditions.inserted(list, 'beam.root', [0, 0]);
  });
  afterAll(() => server.stop());

  const preflight = (origin: string, path: string) =>
    fetch(`${server.url}${path}`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });

  it.each(['/api/v1/global-tags', '/api/cdb_rest/gt'])(
    'may ask whether they may: %s',
    async (path) => {
      const { status, headers } = await preflight(ORIGIN, path);
      expect(status).toBe(204);
      expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
      expect(headers.get('access-control-allow-methods')).toContain('POST');
      expect(headers.get('access-control-allow-headers')).toContain('Authorization');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
      expect(
        (await preflight('https://evil.example', path)).headers.get('access-control-allow-origin'),
      ).toBeNull();
    },
  );

  it('read answers and refusals with all that they tell', async () => {
    for (const path of ['global-tags', 'global-tags/nope']) {
      const { headers } = await server.native.get(path, { headers: { origin: ORIGIN } });
      expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
      expect(headers.get('access-control-expose-headers')).toMatch(/ETag, Valid-From, Valid-Until/);
      expect(headers.get('vary')).toMatch(/Origin/i);
    }
  });

  it('read what memory answers, too, and caches keep it apart', async () => {
    await until(async () => {
      const { headers } = await server.dropIn.get(resolve);
      return headers.get('cache-status') === 'Tempora; hit';
    });
    expect((await server.dropIn.get(resolve)).headers.get('vary')).toBe('Origin');
    const { headers } = await server.dropIn.get(resolve, { headers: { origin: ORIGIN } });
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
    const others = await server.dropIn.get(resolve, {
      headers: { origin: 'https://evil.example' },
    });
    expect(others.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('Without CDB_CORS_ORIGINS', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  it('no page of another origin is told anything', async () => {
    const { headers } = await server.native.get('global-tags', { headers: { origin: ORIGIN } });
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(headers.get('vary')).toBeNull();
  });
});
