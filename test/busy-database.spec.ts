import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DatabaseLine } from './database-line.js';
import { DropInConditions } from './drop-in-conditions.js';
import { createDatabase, sql } from './postgres.js';
import { startServer, type TestServer } from './server.js';
import { until } from './until.js';

describe('While writers wait for each other', () => {
  const WRITERS = 24;
  let server: TestServer;
  let somebody: pg.Client;

  beforeEach(async () => {
    server = await startServer();
    somebody = new pg.Client(server.connection);
    await somebody.connect();
  });

  afterEach(async () => {
    await somebody.end();
    await server.stop();
  });

  it('readers and probes are answered, and then every writer', async () => {
    const conditions = new DropInConditions(server.dropIn);
    const [list] = await conditions.tagWithLists('T', 'Beam');
    await somebody.query('BEGIN; SELECT FROM "PayloadList" FOR UPDATE');
    const writes = Array.from({ length: WRITERS }, (_, minor_iov) =>
      server.dropIn.post('bulk_piov', [
        { payload_list: list, payload_url: `p${minor_iov}`, major_iov: 1, minor_iov },
      ]),
    );
    const waiting = async (): Promise<number> => {
      const [row] = await sql<{ count: string }>(
        server.connection,
        `SELECT count(*) FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return Number(row?.count);
    };
    await until(async () => (await waiting()) >= 5);
    expect(await server.native.get('global-tags')).toMatchObject({ status: 200 });
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
    expect(await conditions.valid('T', [1, 3])).toEqual({});
    await somebody.query('COMMIT');
    for (const { status } of await Promise.all(writes)) expect(status).toBe(200);
    expect(await conditions.valid('T', [1, 3])).toEqual({ Beam: 'p3' });
  });
});

describe('A database that has fallen silent', () => {
  it('is given up, and the client is told to try again', async () => {
    const way = await DatabaseLine.open(await createDatabase());
    const server = await startServer({
      connection: way.connection,
      env: { CDB_READ_TIMEOUT_S: '1', CDB_TIMELINE_MEMORY_MB: '0' },
    });
    try {
      // The limit is short: a busy database may have missed it.
      await until(async () => (await server.native.get('global-tags')).status === 200);
      way.fallSilent();
      const moment = 'majorIOV=0&minorIOV=0';
      const answers = await Promise.all([
        server.native.get('global-tags'),
        server.dropIn.get(`payloadiovs/?gtName=T&${moment}`),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([503, 504]);
    } finally {
      way.close();
      await server.stop();
    }
  });
});
