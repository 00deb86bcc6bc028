import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type DatabaseConnection } from '#database';
import { DropInConditions } from './drop-in-conditions.js';
import { createDatabase, sql } from './postgres.js';
import {
  databaseEnvironment,
  endServices,
  type ServiceProcess,
  startService,
} from './service-process.js';
import { allowConnections, cutOff } from './cut-database.js';
import { until } from './until.js';

interface Report {
  status: string;
  details: Record<string, { status: string }>;
}

afterAll(endServices);

async function probe(service: ServiceProcess, which: string): Promise<[number, Report]> {
  const response = await fetch(`${service.url}/health/${which}`);
  return [response.status, (await response.json()) as Report];
}

async function readiness(service: ServiceProcess): Promise<number> {
  return (await probe(service, 'ready'))[0];
}

describe('The health of a service', () => {
  let connection: DatabaseConnection;
  let service: ServiceProcess;

  beforeAll(async () => {
    connection = await createDatabase();
    service = await startService(databaseEnvironment(connection));
    const conditions = new DropInConditions(service.dropIn);
    const [list = ''] = await conditions.tagWithLists('T', 'Beam');
    await conditions.inserted(list, 'first.root', [0, 1]);
  });

  const PAYLOADS = 'payloadiovs/?gtName=T&majorIOV=0&minorIOV=5';

  /** Asks until it is answered from memory. */
  async function warm(): Promise<void> {
    await until(async () => {
      const { headers } = await service.dropIn.get(PAYLOADS);
      return headers.get('cache-status') === 'Tempora; hit';
    });
  }

  it.each([
    ['live', { process: { status: 'up' } }],
    ['startup', { schema: { status: 'up' } }],
    ['ready', { process: { status: 'up' }, database: { status: 'up' }, schema: { status: 'up' } }],
  ])('is told by %s', async (which, details) => {
    const [status, report] = await probe(service, which);
    expect(status).toBe(200);
    expect(report).toMatchObject({ status: 'ok', details });
  });

  describe('without its database', () => {
    beforeAll(async () => {
      await warm();
      await cutOff(connection);
      await until(async () => (await readiness(service)) === 503);
      // What is remembered is told until the change feed has noticed as well.
      await until(async () => (await service.dropIn.get(PAYLOADS)).status === 504);
    });

    afterAll(async () => {
      await allowConnections(connection);
    });

    it('is not ready, but alive', async () => {
      const [status, report] = await probe(service, 'ready');
      expect(status).toBe(503);
      expect(report).toMatchObject({
        status: 'error',
        details: { process: { status: 'up' }, database: { status: 'down' } },
      });
      expect((await probe(service, 'live'))[0]).toBe(200);
    });

    it.each([PAYLOADS, 'globalTags', 'gtstatus', 'globalTag/T', 'gtPayloadLists/T'])(
      'asks drop-in clients to try again: GET %s',
      async (path) => {
        const { status, headers, body } = await service.dropIn.get(path);
        expect(headers.get('content-type')).toMatch(/^application\/json/);
        expect([status, body]).toEqual([504, { detail: expect.stringContaining('database') }]);
      },
    );

    it('asks drop-in clients that write to try again', async () => {
      const answers = [
        await service.dropIn.post('gt', { name: 'New', status: 'unlocked' }),
        await service.dropIn.put('gt_change_status/T/locked'),
        await service.dropIn.delete('deleteGlobalTag/T'),
      ];
      for (const { status, body } of answers) {
        expect([status, body]).toEqual([504, { detail: expect.stringContaining('database') }]);
      }
    });

    it('asks native clients to come back later', async () => {
      const answers = [
        await service.native.get('global-tags'),
        await service.native.get('global-tags/T/payloads/at?major=0&minor=5'),
        await service.native.post('payload-types', { name: 'New' }),
      ];
      for (const { status, headers, body } of answers) {
        expect(status).toBe(503);
        expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
        expect(body).toMatchObject({ status: 503, code: 'database-unavailable' });
      }
    });

    it('comes back by itself', async () => {
      await allowConnections(connection);
      await until(async () => (await readiness(service)) === 200);
      expect((await service.dropIn.get(PAYLOADS)).body).toEqual([
        expect.arrayContaining(['Beam', 'first.root']),
      ]);
      expect((await service.native.post('payload-types', { name: 'Later' })).status).toBe(201);
      await warm();
    });
  });
});

describe('A service that is told to stop', () => {
  it('finishes what it has begun, takes nothing new, and ends', async () => {
    const connection = await createDatabase();
    // Longer than this test may last.
    const service = await startService({
      ...databaseEnvironment(connection),
      CDB_SHUTDOWN_S: '3600',
    });
    await new DropInConditions(service.dropIn).globalTag('T');
    const other = new pg.Client(connection);
    await other.connect();
    await other.query('BEGIN');
    await other.query(`UPDATE "GlobalTag" SET author = 'somebody' WHERE name = 'T'`);
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname).setEncoding('utf8');
    const said = socket.toArray();
    const request = (line: string): boolean => socket.write(`${line} HTTP/1.1\r\nHost: x\r\n\r\n`);
    request('PUT /api/cdb_rest/gt_change_status/T/locked');
    await until(async () => {
      const waiting = await sql(
        connection,
        `SELECT FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return waiting.length > 0;
    });
    service.signal('SIGTERM');
    await until(async () => (await readiness(service).catch(() => 0)) !== 200);
    // Those who are connected may still ask.
    request('GET /health/ready');
    await other.query('COMMIT');
    await other.end();
    const [, begun, ready] = (await said).join('').split('HTTP/1.1 ');
    expect(begun).toMatch(/^200 OK/);
    expect(ready).toMatch(/^503 .*^connection: close.*the service is stopping/ims);
    expect(await service.ended).toBe(0);
    expect(
      await sql(
        connection,
        `SELECT s.name FROM "GlobalTag" g JOIN "GlobalTagStatus" s ON s.id = g.status_id`,
      ),
    ).toEqual([{ name: 'locked' }]);
  });
});
