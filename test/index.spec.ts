/** The addresses that the start prints, opened as they are. */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectProblem } from './native-problem.js';
import { startServer, type TestServer } from './server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

describe.each(['/', '/api', '/api/', '/api/v1', '/api/v1/', '/api/cdb_rest', '/api/cdb_rest/'])(
  '%s',
  (path) => {
    it('tells a program where to go', async () => {
      const response = await fetch(server.url + path);
      expect(response.status).toBe(200);
      const { service, version, iov_mode, ...links } = (await response.json()) as Record<
        string,
        string
      >;
      expect(version).toMatch(/^\d+\.\d+\.\d+/);
      expect(iov_mode).toBe('continuous');
      expect(service).toContain('Tempora');
      for (const link of Object.values(links)) {
        expect((await fetch(server.url + link)).status).toBe(200);
      }
    });

    it('leads a browser to the documentation', async () => {
      const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
      const response = await fetch(server.url + path, { headers: { accept } });
      expect(response.url).toBe(`${server.url}/api/docs`);
      expect(await response.text()).toContain('swagger');
    });
  },
);

it('leads nowhere beside the files of the documentation', async () => {
  const { hostname, port } = new URL(server.url);
  // fetch would resolve the dots.
  const request = get({ hostname, port, path: '/api/docs/../../etc/passwd' });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(404);
  expect(await json(response)).toMatchObject({ code: 'route-not-found', status: 404 });
});

describe('a method that the path does not have', () => {
  it.each([
    ['PUT', 'global-tags/G', 'DELETE, GET, HEAD, PATCH'],
    ['PUT', 'global-tags/G/?a=b', 'DELETE, GET, HEAD, PATCH'],
    ['DELETE', 'global-tags', 'GET, HEAD, POST'],
    ['PATCH', 'global-tags/G%2FH/payloads/at', 'GET, HEAD, POST'],
  ])('%s %s: 405, and those it has', async (method, path, allow) => {
    const answer = await server.native.send(method, path, { body: {} });
    expectProblem(answer, 'method-not-allowed');
    expect(answer.headers.get('allow')).toBe(allow);
  });

  it.each([
    ['PUT', 'global-tag'],
    ['GET', 'global-tags/a/b/c'],
  ])('%s %s: 404 where nothing is', async (method, path) => {
    expectProblem(await server.native.send(method, path), 'route-not-found');
  });

  it('is 404 in the drop-in protocol', async () => {
    expect(await server.dropIn.put('gt', {})).toMatchObject({ status: 404 });
  });
});
