import { once } from 'node:events';
import { Agent, get, type IncomingMessage, request } from 'node:http';
import { afterAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { DatabaseLine } from './database-line.js';
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

afterAll(endServices);

/** A service that gives running requests one second. */
async function impatientService(): Promise<[ServiceProcess, pg.Client]> {
  const connection = await createDatabase();
  const service = await startService({ ...databaseEnvironment(connection), CDB_SHUTDOWN_S: '1' });
  await new DropInConditions(service.dropIn).tagWithLists('T', 'Beam');
  await sql(connection, FILL_LISTS);
  const other = new pg.Client(connection);
  await other.connect();
  return [service, other];
}

it('a service that is told to stop does not wait for ever for a request that waits itself', async () => {
  const [service, other] = await impatientService();
  await other.query(`BEGIN; UPDATE "GlobalTag" SET author = 'somebody' WHERE name = 'T'`);
  const begun = service.dropIn.put('gt_change_status/T/locked').catch(() => 'broken off');
  await until(async () => {
    const { rowCount } = await other.query(
      `SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rowCount === 1;
  });
  service.signal('SIGTERM');

  expect(await service.ended).toBe(0);
  expect(await begun).toBe('broken off');
  await other.query('COMMIT');
  const { rows } = await other.query(
    `SELECT s.name FROM "GlobalTag" g JOIN "GlobalTagStatus" s ON s.id = g.status_id`,
  );
  expect(rows).toEqual([{ name: 'unlocked' }]);
  await other.end();
});

it('nor for a client that keeps its connection when it has its answer', async () => {
  const connection = await createDatabase();
  // Longer than this test may last.
  const service = await startService({
    ...databaseEnvironment(connection),
    CDB_SHUTDOWN_S: '3600',
  });
  await new DropInConditions(service.dropIn).globalTag('T');
  const other = new pg.Client(connection);
  await other.connect();
  await other.query(`BEGIN; UPDATE "GlobalTag" SET author = 'somebody' WHERE name = 'T'`);
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(service.url);
  const path = '/api/cdb_rest/gt_change_status/T/locked';
  const begun = once(request({ agent, hostname, port, path, method: 'PUT' }).end(), 'response');
  await until(async () => {
    const { rowCount } = await other.query(
      `SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rowCount === 1;
  });
  service.signal('SIGTERM');
  await until(() =>
    fetch(`${service.url}/health/live`).then(
      () => false,
      () => true,
    ),
  );
  await other.query('COMMIT');
  await other.end();
  const [response] = (await begun) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
  await response.toArray();

  expect(await service.ended).toBe(0);
  agent.destroy();
});

it('nor for a client that does not read its answer', async () => {
  const [service, other] = await impatientService();
  const request = get(`${service.url}/api/cdb_rest/globalTag/T`, { agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.on('error', () => undefined);
  service.signal('SIGTERM');

  expect(await service.ended).toBe(0);
  await other.end();
});

it('nor for a database that has just fallen silent', async () => {
  const line = await DatabaseLine.open(await createDatabase());
  const service = await startService({
    ...databaseEnvironment(line.connection),
    CDB_SHUTDOWN_S: '3600',
  });
  line.fallSilent();
  expect(await service.stop()).toBe(0);
  line.close();
});
