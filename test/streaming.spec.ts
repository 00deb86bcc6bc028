import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DatabaseConnection } from '#database';
import { createDatabase, sql } from './postgres.js';
import {
  databaseEnvironment,
  endServices,
  type ServiceProcess,
  startService,
} from './service-process.js';
import { until } from './until.js';

const LISTS = 3;
const PAYLOADS = 60_000;
const POOL_SIZE = 3;
const MEGABYTE = 2 ** 20;

/** Texts of full length: the whole tag is 58 MB of JSON. */
const content = (tag: string, payloads: number): string => `
INSERT INTO "GlobalTag" (name, status_id)
  SELECT '${tag}', id FROM "GlobalTagStatus" WHERE name = 'unlocked';
INSERT INTO "PayloadType" (name)
  SELECT '${tag}_' || n FROM generate_series(1, ${LISTS}) AS n;
INSERT INTO "PayloadList" (id, name, global_tag_id, payload_type_id)
  SELECT t.id, t.name || '_list', g.id, t.id FROM "PayloadType" t
    JOIN "GlobalTag" g ON g.name = '${tag}' AND t.name LIKE '${tag}\\_%';
INSERT INTO "PayloadIOV" (payload_url, checksum, extra, major_iov, minor_iov, major_iov_end,
                          minor_iov_end, payload_list_id)
  SELECT rpad('${tag}_' || n, 255, 'x'), repeat('c', 255), repeat('e', 255), 0, n, 0, n + 1,
         (SELECT min(id) + n % ${LISTS} FROM "PayloadList" WHERE name LIKE '${tag}\\_%')
    FROM generate_series(1, ${payloads}) AS n`;

interface NestedTag {
  name: string;
  payload_lists: { payload_iov: { payload_url: string }[] }[];
}

describe('The nested view of a large global tag', () => {
  let connection: DatabaseConnection;
  let service: ServiceProcess;

  beforeAll(async () => {
    connection = await createDatabase();
    await sql(connection, content('Small', 1_000));
    await sql(connection, content('Large', PAYLOADS));
    service = await startService({
      ...databaseEnvironment(connection),
      CDB_POOL_SIZE: String(POOL_SIZE),
      // As `npm start` runs it.
      NODE_OPTIONS: '--max-semi-space-size=8',
    });
  });

  afterAll(endServices);

  /** Its head is here; its body comes as it is read. */
  async function open(tag: string): Promise<IncomingMessage> {
    const request = get(`${service.url}/api/cdb_rest/globalTag/${tag}`, { agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(200);
    return response;
  }

  /** Of the process, bytes. */
  function memory(): number {
    const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(service.pid)], {
      encoding: 'utf8',
    });
    return Number(stdout) * 1024;
  }

  async function sessionsInTransaction(): Promise<number> {
    const sessions = await sql(
      connection,
      `SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'Tempora streams'
          AND xact_start IS NOT NULL`,
    );
    return sessions.length;
  }

  it('is whole, needs little memory, and leaves room for others', async () => {
    for (let warmUp = 1; warmUp <= 20; warmUp++) (await (await open('Small')).toArray()).join('');
    const before = memory();
    let most = before;
    const chunks: Buffer[] = [];
    let [size, asked] = [0, 0];
    for await (const chunk of (await open('Large')) as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size < asked) continue;
      asked = size + 4 * MEGABYTE;
      most = Math.max(most, memory());
      expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
    }
    const tag = JSON.parse(Buffer.concat(chunks).toString('utf8')) as NestedTag;
    const urls = tag.payload_lists.flatMap((list) =>
      list.payload_iov.map((iov) => iov.payload_url),
    );
    expect(tag.payload_lists).toHaveLength(LISTS);
    expect(urls).toHaveLength(PAYLOADS);
    expect(new Set(urls).size).toBe(PAYLOADS);
    expect(size).toBeGreaterThan(50 * MEGABYTE);
    // What the garbage collector lets stand comes to a third of it.
    expect(most - before).toBeLessThan(size);
  });

  it('holds no session once a client has gone in the middle', async () => {
    for (let client = 1; client <= 2 * POOL_SIZE; client++) {
      const response = await open('Large');
      await once(response, 'readable');
      expect(await sessionsInTransaction()).toBe(1);
      response.destroy();
      await until(async () => (await sessionsInTransaction()) === 0);
    }
    expect((await service.dropIn.get('globalTag/Small')).status).toBe(200);
  });
});
