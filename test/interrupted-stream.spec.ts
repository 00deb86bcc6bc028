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

describe('A nested view whose database session ends in the middle', () => {
  let connection: DatabaseConnection;
  let service: ServiceProcess;

  beforeAll(async () => {
    connection = await createDatabase();
    service = await startService(databaseEnvironment(connection));
    await new DropInConditions(service.dropIn).tagWithLists('Large', 'Beam');
    await sql(connection, FILL_LISTS);
  });
  afterAll(endServices);

  /** Does something with each session that sends an answer. */
  function streaming(select: string): Promise<object[]> {
    return sql(
      connection,
      `${select} FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'Tempora streams'
          AND xact_start IS NOT NULL`,
    );
  }

  it.each(['globalTag/Large', 'gt', 'pl', 'piov'])(
    '%s breaks off, so that nobody takes a part for the whole',
    async (path) => {
      // The session before this one may still be ending.
      await until(async () => (await streaming('SELECT pid')).length === 0);
      const request = get(`${service.url}/api/cdb_rest/${path}`, { agent: false });
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      expect(response.statusCode).toBe(200);
      await once(response, 'readable');
      expect(await streaming('SELECT pg_terminate_backend(pid)')).toHaveLength(1);

      await expect(response.toArray()).rejects.toThrow('aborted');
      expect(response.complete).toBe(false);
    },
  );

  it('the service goes on', async () => {
    expect((await service.dropIn.get('gtPayloadLists/Large')).status).toBe(200);
    expect((await service.native.post('payload-types', { name: 'Next' })).status).toBe(201);
    expect(await service.stop()).toBe(0);
    expect(service.output.stderr).toBe('');
  });
});
