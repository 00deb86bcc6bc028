import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DropInConditions } from './drop-in-conditions.js';
import { sql } from './postgres.js';
import { startServer, type TestServer } from './server.js';
import { until } from './until.js';

describe('A change that waits for another one of the same tag', () => {
  let server: TestServer;
  let beam: string;

  beforeAll(async () => {
    server = await startServer();
    [beam = ''] = await new DropInConditions(server.dropIn).tagWithLists('T', 'Beam');
  });

  afterAll(async () => {
    await server.stop();
  });

  /** Asks while somebody else has locked the tag, but not yet committed that. */
  async function whileBeingLocked<T>(ask: () => Promise<T>): Promise<T> {
    const other = new pg.Client(server.connection);
    await other.connect();
    try {
      await other.query('BEGIN');
      await other.query(`
        UPDATE "GlobalTag" SET status_id = (SELECT id FROM "GlobalTagStatus" WHERE name = 'locked')
         WHERE name = 'T'`);
      const answer = ask();
      await until(async () => {
        const waiting = await sql(
          server.connection,
          `SELECT FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return waiting.length > 0;
      });
      await other.query('COMMIT');
      return await answer;
    } finally {
      await other.end();
      await new DropInConditions(server.dropIn).changeStatus('T', 'unlocked');
    }
  }

  it('is judged by the status that the other one sets', async () => {
    const { status, body } = await whileBeingLocked(() =>
      server.dropIn.delete('deleteGlobalTag/T'),
    );
    expect([status, body]).toEqual([409, { detail: expect.stringContaining('locked') }]);
  });

  it('is judged so when it inserts', async () => {
    const conditions = new DropInConditions(server.dropIn);
    await conditions.inserted(beam, 'first.root', [0, 1], [0, 10]);
    const id = await conditions.payload('second.root', [0, 5], [0, 6]);
    const { status } = await whileBeingLocked(() =>
      server.dropIn.put('piov_attach', { payload_list: beam, piov_id: id }),
    );
    expect(status).toBe(409);
  });
});
