import { execFileSync } from 'node:child_process';
import { chownSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfig } from '#config';
import { type EmbeddedPostgres, migrate, startEmbeddedPostgres, waitForDatabase } from '#database';
import { dataFolder, removeDataFolders } from './data-folders.js';
import { sql } from './postgres.js';
import { databaseEnvironment, endServices, startService } from './service-process.js';
import { until } from './until.js';

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
  const access = join(data, 'pg_hba.conf');
  writeFileSync(access, readFileSync(access, 'utf8').replaceAll(/^host /gm, 'hostssl '));
  await sql(postgres.connection, 'SELECT pg_reload_conf()');
  // It reads them when it comes to it.
  await until(() => reached(environment('require')));
});
afterAll(async () => {
  await endServices();
  await postgres.stop();
  removeDataFolders();
});

function environment(mode: string, rootCert?: string, host = 'localhost'): Record<string, string> {
  return {
    ...databaseEnvironment({ ...postgres.connection, host }),
    POSTGRES_SSLMODE_W: mode,
    ...(rootCert === undefined ? {} : { POSTGRES_SSLROOTCERT_W: rootCert }),
  };
}

async function reached(env: Record<string, string>): Promise<boolean> {
  const { primary } = readConfig(env).database;
  if (primary === null) return false;
  return waitForDatabase(primary, { log: silent, timeoutMs: 0 }).then(
    () => true,
    () => false,
  );
}

describe('A database with TLS', () => {
  it.each([
    ['disable', 'a connection that is not encrypted', false],
    ['require', 'any certificate', true],
    ['verify-ca', 'a certificate nobody signed', false],
    ['verify-full', 'a certificate nobody signed', false],
  ])('sslmode=%s: %s, reached: %s', async (mode, _, expected) => {
    expect(await reached(environment(mode))).toBe(expected);
  });

  it.each([
    ['require', '127.0.0.1', true],
    ['verify-ca', '127.0.0.1', true],
    ['verify-full', 'localhost', true],
    ['verify-full', '127.0.0.1', false],
  ])(
    'sslmode=%s with its certificate trusted, as %s, reached: %s',
    async (mode, host, expected) => {
      expect(await reached(environment(mode, certificate, host))).toBe(expected);
    },
  );

  it('is migrated and served by sessions that are all encrypted', async () => {
    const service = await startService(environment('verify-full', certificate));
    expect(await service.dropIn.get('gt')).toMatchObject({ status: 200 });
    expect(await service.native.get('global-tags')).toMatchObject({ status: 200 });
    expect(await service.stop()).toBe(0);
  });
});
