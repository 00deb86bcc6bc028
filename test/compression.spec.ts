import { once } from 'node:events';
import { get, type IncomingMessage, request, type RequestOptions } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DropInConditions } from './drop-in-conditions.js';
import { sql } from './postgres.js';
import { startServer, type TestServer } from './server.js';
import { until } from './until.js';

describe('Compression', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startServer();
    const [list = ''] = await new DropInConditions(server.dropIn).tagWithLists('T', 'Beam');
    await sql(
      server.connection,
      `INSERT INTO "PayloadIOV" (payload_url, checksum, major_iov, minor_iov, major_iov_end,
                                 minor_iov_end, payload_list_id)
       SELECT 'file ' || n, md5(n::text), 0, n, 0, n + 1, l.id
         FROM "PayloadList" l, generate_series(1, 20000) n WHERE l.name = $1`,
      [list],
    );
  });

  afterAll(async () => {
    await server.stop();
  });

  /** As it comes over the wire: `fetch` would unpack it. */
  async function ask(path: string, options: RequestOptions, body = '') {
    const asked = request(server.url + path, { agent: false, ...options });
    asked.end(body);
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    const bytes = Buffer.concat((await response.toArray()) as Buffer[]);
    return { headers: response.headers, status: response.statusCode, bytes };
  }

  const moments = JSON.stringify({ moments: [{ major: 0, minor: 5 }] });
  const streamed: [string, string, string, Record<string, string>, string][] = [
    ['a nested view', 'GET', '/api/cdb_rest/globalTag/T', {}, ''],
    [
      'lines of a range',
      'GET',
      '/api/v1/global-tags/T/payloads/between?from_major=0&from_minor=0',
      { accept: 'application/x-ndjson' },
      '',
    ],
    [
      'a batch',
      'POST',
      '/api/v1/global-tags/T/payloads/at',
      { 'content-type': 'application/json' },
      moments,
    ],
  ];

  it.each(streamed)('%s comes as the client takes it', async (_, method, path, sent, body) => {
    const as = (encoding: string) =>
      ask(path, { method, headers: { ...sent, 'accept-encoding': encoding } }, body);
    const plain = await ask(path, { method, headers: sent }, body);
    expect(plain.status).toBe(200);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.headers.vary).toMatch(/accept-encoding/);
    for (const [accepted, encoding, decode] of [
      ['gzip, deflate', 'gzip', gunzipSync],
      ['gzip;q=1.0, br;q=0', 'gzip', gunzipSync],
      ['gzip, deflate, br', 'br', brotliDecompressSync],
      ['*', 'br', brotliDecompressSync],
    ] as const) {
      const { headers, bytes } = await as(accepted);
      expect(headers['content-encoding']).toBe(encoding);
      expect(decode(bytes).equals(plain.bytes)).toBe(true);
      if (plain.bytes.length > 10_000) expect(bytes.length).toBeLessThan(plain.bytes.length / 3);
    }
    for (const refused of ['identity', 'gzip;q=0', 'zstd', '']) {
      const { headers, bytes } = await as(refused);
      expect(headers['content-encoding']).toBeUndefined();
      expect(bytes.equals(plain.bytes)).toBe(true);
    }
  });

  it.each([
    '/api/cdb_rest/payloadiovs/?gtName=T&majorIOV=0&minorIOV=5',
    '/api/cdb_rest/globalTags',
    '/api/v1/global-tags/T/payloads/at?major=0&minor=5',
  ])('%s never is, nor does it vary', async (path) => {
    const { headers } = await ask(path, { headers: { 'accept-encoding': 'gzip, br' } });
    expect([headers['content-encoding'], headers.vary]).toEqual([undefined, undefined]);
  });

  it('holds no session once a client has gone in the middle', async () => {
    const asked = get(`${server.url}/api/cdb_rest/globalTag/T`, {
      agent: false,
      headers: { 'accept-encoding': 'gzip' },
    });
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    await once(response, 'readable');
    response.destroy();
    await until(async () => {
      const sessions = await sql(
        server.connection,
        `SELECT FROM pg_stat_activity WHERE datname = current_database()
            AND application_name = 'Tempora streams' AND xact_start IS NOT NULL`,
      );
      return sessions.length === 0;
    });
    expect((await server.dropIn.get('gtstatus')).status).toBe(200);
  });
});
