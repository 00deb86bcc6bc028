import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startServer, type TestServer } from './server.js';

let servers: TestServer[];

beforeAll(async () => {
  servers = [await startServer(), await startServer()];
});

afterAll(async () => {
  for (const server of servers) await server.stop();
});

async function idOf(server: TestServer | undefined, given?: string): Promise<string | null> {
  const headers = given === undefined ? {} : { 'x-request-id': given };
  return (await fetch(`${server?.url}/health/live`, { headers })).headers.get('x-request-id');
}

it('is another one for each request, whichever server answers', async () => {
  const [one, other] = servers;
  const ids = await Promise.all([idOf(one), idOf(one), idOf(other), idOf(other)]);
  expect(new Set(ids).size).toBe(4);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/);
});

it('is the one that the client gave, if that fits into a log line', async () => {
  const [server] = servers;
  expect(await idOf(server, 'job-17:step/3')).toBe('job-17:step/3');
  for (const unfit of ['x'.repeat(129), 'two words', '']) {
    expect(await idOf(server, unfit)).toMatch(/^[0-9a-f-]{36}$/);
  }
});
