import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DatabaseConnection, migrate } from '#database';
import { dataFolder, removeDataFolders } from './data-folders.js';
import { expectProblem } from './native-problem.js';
import { createDatabase, emptyDatabase } from './postgres.js';
import { exchange } from './raw-socket.js';
import {
  databaseEnvironment,
  endServices,
  runService,
  type ServiceProcess,
  startService,
} from './service-process.js';
import { until } from './until.js';

afterAll(async () => {
  await endServices();
  removeDataFolders();
});

describe('A service that may not migrate, on a database that is not migrated', () => {
  let connection: DatabaseConnection;
  let service: ServiceProcess;

  beforeAll(async () => {
    connection = await emptyDatabase();
    service = await startService({
      ...databaseEnvironment(connection),
      CDB_MIGRATE: 'false',
      CDB_DEMO: 'true',
    });
  });

  const health = async (probe: string): Promise<number> =>
    (await fetch(`${service.url}/health/${probe}`)).status;

  it('is alive, and neither started nor ready', async () => {
    expect([await health('live'), await health('startup'), await health('ready')]).toEqual([
      ...[200, 503, 503],
    ]);
    expect(service.output.stdout).toContain('waiting for npm run migrate');
  });

  it('says so to whoever asks', async () => {
    const detail = expect.stringContaining('npm run migrate');
    for (const answer of [
      await service.dropIn.get('globalTags'),
      await service.dropIn.get('payloadiovs/?gtName=T&majorIOV=0&minorIOV=5'),
      await service.dropIn.post('gt', { name: 'T', status: 'unlocked' }),
    ]) {
      expect([answer.status, answer.body]).toEqual([504, { detail }]);
    }
    for (const answer of [
      await service.native.get('global-tags'),
      await service.native.post('payload-types', { name: 'T' }),
    ]) {
      expect(expectProblem(answer, 'not-migrated')).toMatchObject({ detail });
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    }
    for (const [path, status] of [
      ['/%61pi/v1/global-tags', 503],
      ['http://tempora/api/v1/global-tags', 503],
      ['/api/%63db_rest/globalTags', 504],
    ] as const) {
      const answer = await exchange(service.url, `GET ${path} HTTP/1.1\r\nHost: tempora\r\n\r\n`);
      expect([answer.status, answer.json]).toEqual([status, expect.objectContaining({ detail })]);
    }
    expect((await fetch(`${service.url}/api/docs`)).status).toBe(200);
  });

  it('goes on by itself as soon as somebody has migrated it', async () => {
    await migrate(connection, { log: { info: () => undefined, warn: () => undefined } });
    await until(async () => (await health('ready')) === 200);
    await until(async () => {
      const { status, body } = await service.native.get('global-tags');
      return status === 200 && (body as { total: number }).total === 3;
    });
    expect((await service.native.post('payload-types', { name: 'T' })).status).toBe(201);
    expect(await service.stop()).toBe(0);
    expect(service.output.stderr).toBe('');
  });
});

it('a service that may not migrate can be stopped while it waits', async () => {
  const service = await startService({
    ...databaseEnvironment(await emptyDatabase()),
    CDB_MIGRATE: 'false',
  });
  expect(await service.stop()).toBe(0);
});

it('a service that may not migrate does nothing special where that is done', async () => {
  const service = await startService({
    ...databaseEnvironment(await createDatabase()),
    CDB_MIGRATE: 'false',
  });
  expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
  expect((await service.native.get('global-tags')).status).toBe(200);
  expect(await service.stop()).toBe(0);
});

it('a service that holds the embedded PostgreSQL waits for nobody', async () => {
  const { code, stderr } = await runService({ CDB_DATA_DIR: dataFolder(), CDB_MIGRATE: 'false' });
  expect(stderr).toMatch(/^The embedded database is not migrated.*npm run migrate first\.\n$/);
  expect(code).toBe(1);
});
