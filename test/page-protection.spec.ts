/** The pages for people load nothing from elsewhere, and work under the policy that they are sent with. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServer, type TestServer } from './server.js';

let server: TestServer;
let page: Response;
let html: string;
let policy: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  server = await startServer();
  page = await fetch(`${server.url}/api/docs`);
  html = await page.text();
  const header = page.headers.get('content-security-policy') ?? '';
  policy = new Map(
    header.split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources];
    }),
  );
});
afterAll(() => server.stop());

const sha256 = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** What the pattern captures in the page; it has to be there. */
function found(pattern: RegExp): string[] {
  const texts = [...html.matchAll(pattern)].map(([, text = '']) => text);
  expect(texts).not.toEqual([]);
  return texts;
}

describe('the policy of the documentation', () => {
  it('lets no script in but the files of this server', () => {
    expect(policy.get('default-src')).toEqual(["'none'"]);
    expect(policy.get('script-src')).toEqual(["'self'"]);
    expect([...policy.values()].flat()).not.toContain("'unsafe-inline'");
    expect([...policy.values()].flat()).not.toContain("'unsafe-eval'");
    expect(policy.get('frame-ancestors')).toEqual(["'none'"]);
  });

  it('lets in every style that stands in the page', () => {
    for (const style of found(/<style>([^]*?)<\/style>/g)) {
      expect(policy.get('style-src')).toContain(sha256(style));
    }
    for (const style of found(/ style="([^"]*)"/g)) {
      expect(policy.get('style-src-attr')).toContain(sha256(style));
    }
  });

  it('the page has no script, handler or address that the policy would stop', async () => {
    for (const inline of found(/<script[^>]*>([^]*?)<\/script>/g)) expect(inline.trim()).toBe('');
    expect(html).not.toMatch(/\son\w+=|javascript:/i);
    const addresses = found(/\b(?:src|href)="([^"]+)"/g);
    for (const address of addresses) {
      const url = new URL(address, page.url);
      expect(url.origin).toBe(server.url);
      expect((await fetch(url)).status).toBe(200);
    }
  });

  it('its scripts make no code of text', async () => {
    for (const address of found(/<script src="([^"]+)"/g)) {
      const script = await (await fetch(new URL(address, page.url))).text();
      // Where there is no globalThis webpack would ask a function for it, and goes on without.
      const evaluations = [
        ...script.matchAll(/(?<![\w$."'])(eval\(|new Function\((?!"return this"\)))/g),
      ];
      expect(evaluations.map(([, call]) => call)).toEqual([]);
    }
  });
});

it.each(['/api/docs', '/api/docs/', '/api/docs/swagger-ui.css', '/api/docs/swagger-ui-init.js'])(
  '%s is not to be guessed at, nor framed',
  async (path) => {
    const { headers, status } = await fetch(server.url + path);
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
  },
);

it('every HTML page has a policy, and every refusal says what it is', async () => {
  const other = await fetch(`${server.url}/api/docs/index.html`);
  expect(other.headers.get('content-security-policy')).toContain("default-src 'none'");
  for (const path of ['api/v1/nope', 'api/cdb_rest/nope', 'nope']) {
    const { headers } = await fetch(`${server.url}/${path}`);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});
