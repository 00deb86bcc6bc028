import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer } from './http-client.js';
import { expectProblem } from './native-problem.js';
import { createDatabase } from './postgres.js';
import { exchange } from './raw-socket.js';
import { startServer, type TestServer } from './server.js';
import {
  databaseEnvironment,
  endServices,
  type ServiceProcess,
  startService,
} from './service-process.js';

/** So many that no test runs into it by itself within a minute, and each can exceed it. */
const LIMIT = 20;

describe('CDB_RATE_LIMIT_PER_MINUTE', () => {
  let server: TestServer;
  let clients = 0;

  beforeAll(async () => {
    server = await startServer({
      env: { CDB_RATE_LIMIT_PER_MINUTE: String(LIMIT), CDB_TRUSTED_PROXIES: 'loopback' },
    });
  });
  afterAll(() => server.stop());

  /** An address of its own, as the proxy in front tells it. */
  const someone = () => `192.0.2.${++clients}`;

  function ask(address: string, token?: string, protocol: 'native' | 'dropIn' = 'native') {
    return server[protocol].get(protocol === 'native' ? 'statuses' : 'gtstatus', {
      headers: {
        'x-forwarded-for': address,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    });
  }

  async function askOften(count: number, ...who: Parameters<typeof ask>): Promise<Answer[]> {
    const answers: Answer[] = [];
    for (let i = 0; i < count; i++) answers.push(await ask(...who));
    return answers;
  }

  const limited = (answers: Answer[]) => answers.filter(({ status }) => status === 429).length;

  it('refuses one request too many, and tells when to try again', async () => {
    const address = someone();
    expect(limited(await askOften(LIMIT, address))).toBe(0);
    const native = await ask(address);
    expect(expectProblem(native, 'too-many-requests').detail).toContain(`${LIMIT} requests`);
    const dropIn = await ask(address, undefined, 'dropIn');
    expect(dropIn).toMatchObject({ status: 429, body: { detail: expect.any(String) } });
    for (const { headers } of [native, dropIn]) {
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
    }
    expect((await ask(someone())).status).toBe(200);
  });

  it('counts each token by itself, wherever it comes from', async () => {
    const [first, second] = [someone(), someone()];
    expect(limited(await askOften(LIMIT, first, 'one'))).toBe(0);
    expect((await ask(second, 'one')).status).toBe(429);
    expect((await ask(first, 'two')).status).toBe(200);
  });

  it('made-up tokens are no way around', async () => {
    const address = someone();
    for (let i = 0; i < LIMIT; i++) await ask(address, `made up ${i}`);
    for (const token of ['another', 'and another']) {
      expect(limited(await askOften(3, address, token))).toBe(3);
    }
    expect((await ask(address, 'made up 0')).status).toBe(200);
  });

  it('an IPv6 network is one client', async () => {
    await askOften(LIMIT, '2001:db8:0:1::1');
    expect((await ask('2001:db8:0:1:ffff::2')).status).toBe(429);
    expect((await ask('2001:db8:0:2::1')).status).toBe(200);
  });

  it.each([
    ['encoded', '/%61pi/v1/global-tags'],
    ['encoded', '/api/%63db_rest/globalTags'],
    ['absolute', 'http://tempora/api/v1/global-tags'],
    ['wrong', '/api/v2/global-tags'],
  ])('a path that is %s is no way around: %s', async (_, path) => {
    const address = someone();
    await askOften(LIMIT, address);
    const head = `GET ${path} HTTP/1.1\r\nHost: tempora\r\nX-Forwarded-For: ${address}\r\n\r\n`;
    expect((await exchange(server.url, head)).status).toBe(429);
  });

  it('probes are not counted', async () => {
    const address = someone();
    await askOften(LIMIT + 1, address);
    const headers = { 'x-forwarded-for': address };
    expect((await fetch(`${server.url}/health/live`, { headers })).status).toBe(200);
  });
});

describe('The address of a client', () => {
  afterAll(endServices);

  async function loggedAddresses(env: Record<string, string>): Promise<string[]> {
    const service: ServiceProcess = await startService({
      ...databaseEnvironment(await createDatabase()),
      CDB_DEMO: 'false',
      ...env,
    });
    for (const forwarded of ['192.0.2.1', '198.51.100.7, 192.0.2.2', 'nonsense']) {
      await service.native.get('statuses', { headers: { 'x-forwarded-for': forwarded } });
    }
    await service.stop();
    return service.output.stdout
      .split('\n')
      .filter((line) => line.includes('/api/v1/statuses'))
      .map((line) => (JSON.parse(line) as { address: string }).address);
  }

  it('is what trusted proxies tell', async () => {
    expect(await loggedAddresses({ CDB_TRUSTED_PROXIES: '127.0.0.0/8' })).toEqual([
      '192.0.2.1',
      '192.0.2.2',
      '127.0.0.1',
    ]);
  });

  it('is where the connection comes from, if nobody is trusted', async () => {
    expect(await loggedAddresses({})).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1']);
  });
});
