import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { errors } from 'jose';
import { IssuerKeys } from './issuer-keys.js';
import { IssuerUnavailable, TokenRefusal } from './token-refusal.js';

const MINUTE_MS = 60_000;

let server: Server;
let asked: number;
/** How it answers. */
let status: number;
let now: number;
let warnings: string[];
let keys: IssuerKeys;

beforeEach(async () => {
  [asked, status, now, warnings] = [0, 200, 0, []];
  server = createServer((request, response) => {
    const discovery = request.url?.endsWith('openid-configuration') === true;
    if (!discovery) asked++;
    response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {});
    response.end(JSON.stringify(discovery ? { issuer, jwks_uri: `${issuer}/jwks` } : { keys: [] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  keys = new IssuerKeys(
    issuer,
    (message) => warnings.push(message),
    () => now,
  );
});

afterEach(async () => {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
});

const known = () => keys.use(() => Promise.resolve('checked'));
const unknown = () => keys.use(() => Promise.reject(new errors.JWKSNoMatchingKey()));

describe('IssuerKeys', () => {
  it('are fetched once, by however many at the same time', async () => {
    expect(await Promise.all([known(), known(), known()])).toEqual(Array(3).fill('checked'));
    await known();
    expect(asked).toBe(1);
  });

  it('are fetched again for a key that nobody has, once in half a minute', async () => {
    await known();
    await expect(unknown()).rejects.toBeInstanceOf(TokenRefusal);
    await expect(unknown()).rejects.toBeInstanceOf(TokenRefusal);
    expect(asked).toBe(2);
    now += MINUTE_MS;
    await expect(unknown()).rejects.toBeInstanceOf(TokenRefusal);
    expect(asked).toBe(3);
  });

  it('refuse what fails in any other way', async () => {
    const broken = keys.use(() => Promise.reject(new TypeError('a key of 512 bits')));
    await expect(broken).rejects.toBeInstanceOf(TokenRefusal);
  });

  it('are used while they are fetched anew, and for a day if that fails', async () => {
    await known();
    status = 500;
    now += 11 * MINUTE_MS;
    expect(await known()).toBe('checked');
    now += 12 * 60 * MINUTE_MS;
    expect(await known()).toBe('checked');
    now += 13 * 60 * MINUTE_MS;
    await expect(known()).rejects.toBeInstanceOf(IssuerUnavailable);
    status = 200;
    now += MINUTE_MS;
    expect(await known()).toBe('checked');
  });

  it.each([
    [500, /answered 500/],
    [302, /redirect/],
  ])(
    'cannot be had of an issuer that answers %d, which is asked again after a while',
    async (answer, why) => {
      status = answer;
      await expect(known()).rejects.toBeInstanceOf(IssuerUnavailable);
      expect(warnings).toEqual([expect.stringMatching(why)]);
      status = 200;
      await expect(known()).rejects.toBeInstanceOf(IssuerUnavailable);
      now += MINUTE_MS;
      expect(await known()).toBe('checked');
    },
  );
});
