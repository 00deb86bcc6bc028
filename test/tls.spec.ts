import { execFileSync } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Config, readConfig } from '#config';
import { type EmbeddedPostgres, migrate, startEmbeddedPostgres, waitForDatabase } from '#database';
import { dataFolder, removeDataFolders } from './data-folders.js';
import { sql } from './postgres.js';
import { startServer } from './server.js';

const silent = { info: () => undefined, warn: () => undefined };

let postgres: EmbeddedPostgres;
let certificate: string;

/** A PostgreSQL that takes encrypted connections only, with a certificate for `localhost` alone. */
beforeAll(async () => {
  const dataDir = dataFolder();
  postgres = await startEmbeddedPostgres({ dataDir, durable: false, log: silent });
  await migrate(postgres.connection, { log: silent });
  const data = join(dataDir, 'postgres');
  certificate = join(data, 'server.crt');
  const key = join(data, 'server.key');
  const request = 'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost';
  execFileSync(
    'openssl',
    [
      ...request.split(' '),
      '-addext',
      'subjectAltName=DNS:localhost',
      '-keyout',
      key,
      '-out',
      certificate,
    ],
    { stdio: 'ignore' },
  );
  const { uid, gid } = statSync(data);
  for (const file of [certificate, key]) chownSync(file, uid, gid);
  for (const setting of ["ssl = 'on'", "ssl_min_protocol_version = 'TLSv1.2'"]) {
    await sql(postgres.connection, `ALTER SYSTEM SET ${setting}`);
  }
  await sql(postgres.connection, 'SELECT pg_reload_conf()');
});
afterAll(async () => {
  await postgres.stop();
  removeDataFolders();
});

function database(mode: string, rootCert?: string, host = 'localhost'): Config['database'] {
  const { port, database: name, user, password } = postgres.connection;
  return readConfig({
    POSTGRES_HOST_W: host,
    POSTGRES_PORT_W: String(port),
    POSTGRES_DB_W: name,
    POSTGRES_USER_W: user,
    POSTGRES_PASSWORD_W: password,
    POSTGRES_SSLMODE_W: mode,
    POSTGRES_SSLROOTCERT_W: rootCert,
  }).database;
}

async function reached({ primary }: Config['database']): Promise<boolean> {
  if (primary === null) return false;
  return waitForDatabase(primary, { log: silent, timeoutMs: 0 }).then(
    () => true,
    () => false,
  );
}

describe('A database with TLS', () => {
  it.each([
    ['require', 'any certificate', true],
    ['verify-ca', 'a certificate nobody signed', false],
    ['verify-full', 'a certificate nobody signed', false],
  ])('sslmode=%s: %s, reached: %s', async (mode, _, expected) => {
    expect(await reached(database(mode))).toBe(expected);
  });

  it.each([
    ['require', '127.0.0.1', true],
    ['verify-ca', '127.0.0.1', true],
    ['verify-full', 'localhost', true],
    ['verify-full', '127.0.0.1', false],
  ])(
    'sslmode=%s with its certificate trusted, as %s, reached: %s',
    async (mode, host, expected) => {
      expect(await reached(database(mode, certificate, host))).toBe(expected);
    },
  );

  it('is asked by every session of ours so', async () => {
    const { primary } = database('verify-full', certificate);
    if (primary === null) throw new Error('no address');
    const server = await startServer({ connection: primary });
    expect(await server.dropIn.get('gt')).toMatchObject({ status: 200 });
    expect(await server.native.get('global-tags')).toMatchObject({ status: 200 });
    const sessions = await sql<{ application_name: string; ssl: boolean }>(
      postgres.connection,
      `SELECT DISTINCT application_name, ssl FROM pg_stat_activity JOIN pg_stat_ssl USING (pid)
        WHERE application_name LIKE 'Tempora%' AND application_name NOT LIKE '%process%' ORDER BY 1`,
    );
    await server.stop();
    expect(sessions).toEqual(
      ['Tempora', 'Tempora changes', 'Tempora streams'].map((application_name) => ({
        application_name,
        ssl: true,
      })),
    );
  });
});
