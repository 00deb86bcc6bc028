import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DatabaseConnection } from '#database';
import { DropInConditions } from './drop-in-conditions.js';
import { FILL_LISTS } from './large-lists.js';
import { createDatabase, sql } from './postgres.js';
import {
  databaseEnvironment,
  endServices,
  type ServiceProcess,
  startService,
} from './service-process.js';
import { until } from './until.js';

const POOL_SIZE = 2;
const STREAMS = 3;

let connection: DatabaseConnection;

beforeAll(async () => {
  connection = await createDatabase();
});
afterAll(endServices);

/** A client that asks for a nested view, or as much, and takes no more of it than its head. */
async function slowReader(
  service: ServiceProcess,
  path: string,
  protocol = 'api/cdb_rest',
): Promise<IncomingMessage> {
  const request = get(`${service.url}/${protocol}/${path}`, { agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
  response.on('error', () => undefined);
  return response;
}

async function streamingSessions(): Promise<number> {
  const sessions = await sql(
    connection,
    `SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'Tempora streams'
        AND xact_start IS NOT NULL`,
  );
  return sessions.length;
}

describe('While as many clients as may do not read what they asked for', () => {
  let service: ServiceProcess;
  const readers: IncomingMessage[] = [];

  beforeAll(async () => {
    service = await startService({
      ...databaseEnvironment(connection),
      CDB_POOL_SIZE: String(POOL_SIZE),
      CDB_STREAMS: String(STREAMS),
    });
    await new DropInConditions(service.dropIn).tagWithLists('Large', 'Beam');
    await sql(connection, FILL_LISTS);
    for (const path of ['globalTag/Large', 'gt', 'piov']) {
      readers.push(await slowReader(service, path));
    }
    expect(await streamingSessions()).toBe(STREAMS);
  });

  afterAll(async () => {
    for (const reader of readers) reader.destroy();
    expect(await service.stop()).toBe(0);
  });

  it('everything else is answered', async () => {
    const answers = await Promise.all([
      service.dropIn.get('globalTag/Large?light=1'),
      service.dropIn.get('payloadiovs/?gtName=Large&majorIOV=0&minorIOV=5'),
      service.native.get('global-tags'),
      service.native.post('payload-types', { name: 'Meanwhile' }),
      service.dropIn.post('gt', { name: 'Meanwhile', status: 'unlocked' }),
      service.native.get('global-tags/Large/payloads?page_size=1000'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 201, 200, 200]);
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
  });

  it('one more is asked to try again', async () => {
    const { status, headers, body } = await service.dropIn.get('pl');
    expect([status, body]).toEqual([504, { detail: expect.stringContaining('Try again') }]);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
  });

  it('one more is answered as soon as another has gone', async () => {
    const waiting = slowReader(service, 'pl');
    readers.shift()?.destroy();
    readers.push(await waiting);
    await until(async () => (await streamingSessions()) === STREAMS);
  });

  it('one that goes while it waits takes nobody’s place', async () => {
    const abandoned = get(`${service.url}/api/cdb_rest/pl`, { agent: false });
    abandoned.on('error', () => undefined);
    await once(abandoned, 'finish');
    abandoned.destroy();
    for (const reader of readers.splice(0)) reader.destroy();
    await until(async () => (await streamingSessions()) === 0);
    for (let n = 1; n <= STREAMS; n++) readers.push(await slowReader(service, 'gt'));
  });
});

describe('While exports that nobody reads take as many places as they may', () => {
  const EXPORT = 'global-tags/Large/export';
  let service: ServiceProcess;
  const exports: IncomingMessage[] = [];

  const slowExport = (): Promise<IncomingMessage> => slowReader(service, EXPORT, 'api/v1');

  beforeAll(async () => {
    service = await startService({ ...databaseEnvironment(connection), CDB_STREAMS: '3' });
    exports.push(await slowExport());
    expect(await streamingSessions()).toBe(1);
  });

  afterAll(async () => {
    for (const each of exports) each.destroy();
    expect(await service.stop()).toBe(0);
  });

  it('whole tags and pages of differences are answered', async () => {
    const view = await slowReader(service, 'globalTag/Large');
    const page = await service.native.get('global-tags/Large/diff/Large');
    view.destroy();
    expect(page.status).toBe(200);
  });

  it('one more export and one more stream of differences are asked to try again', async () => {
    const accept = { accept: 'application/x-ndjson' };
    const refusals = await Promise.all(
      [EXPORT, 'global-tags/Large/diff/Large'].map(async (path) => {
        const response = await fetch(`${service.url}/api/v1/${path}`, { headers: accept });
        return [response.status, await response.json()];
      }),
    );
    const expected = expect.objectContaining({
      type: expect.stringContaining('overloaded'),
      detail: expect.stringContaining('Try again'),
    });
    expect(refusals).toEqual([
      [503, expected],
      [503, expected],
    ]);
  });

  it('one more is answered as soon as another has gone', async () => {
    const waiting = slowExport();
    exports.shift()?.destroy();
    exports.push(await waiting);
  });
});

describe('A client that stops reading', () => {
  it('loses its answer, and the next one gets its place', async () => {
    const service = await startService({
      ...databaseEnvironment(connection),
      CDB_STREAMS: '1',
      CDB_STREAM_STALL_S: '1',
    });
    const reader = await slowReader(service, 'globalTag/Large');
    await until(async () => (await streamingSessions()) === 0);
    await expect(reader.toArray()).rejects.toThrow('aborted');
    await service.said(/has stopped reading/);

    const next = await slowReader(service, 'globalTag/Large');
    next.destroy();
    expect(await service.stop()).toBe(0);
    expect(service.output.stderr).toBe('');
  });
});
