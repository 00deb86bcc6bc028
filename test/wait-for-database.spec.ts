import { connect, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DatabaseConnection, DatabaseRefusal, waitForDatabase } from '#database';
import { createDatabase, sql } from './postgres.js';
import { quietPort } from './quiet-port.js';

/** Lets everything through to the database; until it listens, connections to its port are refused. */
function doorTo(database: DatabaseConnection): Server {
  return createServer((socket) => {
    const inner = connect(database.port, database.host);
    socket.pipe(inner).pipe(socket);
    for (const end of [socket, inner]) end.on('error', () => undefined);
  });
}

describe('Waiting for a database', () => {
  let database: DatabaseConnection;
  let freePort: number;

  beforeAll(async () => {
    database = await createDatabase();
    freePort = await quietPort();
  });

  const wait = async (connection: DatabaseConnection, timeoutMs = 30_000) => {
    const said: string[] = [];
    const log = { info: (message: string) => void said.push(message), warn: () => undefined };
    const outcome = await waitForDatabase(connection, { log, timeoutMs }).catch(
      (error: unknown) => error,
    );
    return { outcome, said };
  };

  it('is over at once where it answers', async () => {
    expect(await wait(database)).toEqual({ outcome: undefined, said: [] });
  });

  describe('that is still starting', () => {
    const door = { server: undefined as Server | undefined };

    afterAll(() => {
      door.server?.close();
    });

    it('tries again, ever more slowly, and says so each time', async () => {
      const said: string[] = [];
      const info = (message: string) => {
        said.push(message);
        if (said.length === 2) door.server = doorTo(database).listen(freePort, '127.0.0.1');
      };
      await waitForDatabase(
        { ...database, port: freePort },
        { log: { info, warn: info }, timeoutMs: 30_000 },
      );
      expect(said).toEqual([
        `Waiting for PostgreSQL at 127.0.0.1:${freePort} (connection refused), next try in 0.5 s`,
        `Waiting for PostgreSQL at 127.0.0.1:${freePort} (connection refused), next try in 1 s`,
      ]);
    });
  });

  it('gives up when the time is over', async () => {
    const { outcome, said } = await wait({ ...database, port: 1 }, 600);
    expect(outcome).toBeInstanceOf(DatabaseRefusal);
    expect(String(outcome)).toContain(
      'PostgreSQL at 127.0.0.1:1 cannot be reached (connection refused).',
    );
    // The second pause would be longer than the time.
    expect(said.length).toBeLessThanOrEqual(1);
  });

  it.each([
    ['a wrong password', { password: 'guess' }, 'the password is wrong'],
    ['an unknown user', { user: 'nobody' }, 'refuses user "nobody"'],
    ['no password', { password: '' }, 'for a password, but none is set'],
    ['an unknown database', { database: 'nowhere' }, 'has no database "nowhere"'],
  ])('does not wait for what waiting cannot mend: %s', async (_, mistake, sentence) => {
    const { outcome, said } = await wait({ ...database, ...mistake });
    expect(outcome).toBeInstanceOf(DatabaseRefusal);
    expect(String(outcome)).toContain(sentence);
    expect(said).toEqual([]);
  });

  it('does not wait for a permission', async () => {
    const user = `stranger_${database.database}`;
    await sql(
      database,
      `CREATE ROLE ${user} LOGIN PASSWORD 'p';
       REVOKE CONNECT ON DATABASE ${database.database} FROM PUBLIC`,
    );
    const { outcome } = await wait({ ...database, user, password: 'p' });
    expect(String(outcome)).toContain(`does not let user "${user}" connect`);
  });
});
