import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, publicSettings, readConfig } from './index.js';

const PRIMARY = {
  POSTGRES_HOST_W: 'db',
  POSTGRES_DB_W: 'cdb',
  POSTGRES_USER_W: 'writer',
  POSTGRES_PASSWORD_W: 'secret',
};
const AS_PRIMARY = { host: 'db', port: 5432, database: 'cdb', user: 'writer', password: 'secret' };
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\n';

function replicas(env: Record<string, string>): unknown {
  return readConfig({ ...PRIMARY, ...env }).database.replicas;
}

function rootCert(text: string): string {
  const file = join(tmpdir(), `tempora-root-${process.pid}.pem`);
  writeFileSync(file, text);
  return file;
}

describe('The way past a pooler', () => {
  const direct = (url: string): unknown =>
    readConfig({ ...PRIMARY, CDB_DIRECT_URL: url }).database.direct;

  it('is none unless it is named', () => {
    expect(readConfig(PRIMARY).database.direct).toBeNull();
  });

  it('is as the primary where nothing else is said', () => {
    expect(direct('postgresql://past:5433')).toEqual({ ...AS_PRIMARY, host: 'past', port: 5433 });
  });

  it('is refused where nothing is named that it leads past', () => {
    const CDB_DIRECT_URL = 'postgresql://u:p@past/cdb';
    expect(() => readConfig({ CDB_DIRECT_URL })).toThrow(/^CDB_DIRECT_URL is set, but neither/);
  });

  it('is told to no client', () => {
    const env = { ...PRIMARY, CDB_DIRECT_URL: 'postgresql://past' };
    expect(publicSettings(readConfig(env), env).has('CDB_DIRECT_URL')).toBe(false);
  });
});

describe('Replicas', () => {
  it('are none unless they are named', () => {
    expect(replicas({})).toEqual([]);
    expect(readConfig({}).database.replicas).toEqual([]);
  });

  it('are any number, each as the primary where nothing else is said', () => {
    expect(
      replicas({
        POSTGRES_HOST_R10: 'ten',
        POSTGRES_HOST_R2: 'two',
        POSTGRES_USER_R2: 'reader',
        POSTGRES_PASSWORD_R2: 'other',
        POSTGRES_PORT_R1: '5433',
      }),
    ).toEqual([
      { ...AS_PRIMARY, port: 5433 },
      { ...AS_PRIMARY, host: 'two', user: 'reader', password: 'other' },
      { ...AS_PRIMARY, host: 'ten' },
    ]);
  });

  it('can be one URL each', () => {
    expect(
      replicas({ CDB_REPLICA_URLS: 'postgres://one, postgresql://me:p%40ss@[::1]:6432/other' }),
    ).toEqual([
      { ...AS_PRIMARY, host: 'one' },
      { host: '::1', port: 6432, database: 'other', user: 'me', password: 'p@ss' },
    ]);
  });

  it('do not include the primary, which Nopayloaddb wants named there as well', () => {
    expect(replicas({ POSTGRES_HOST_R1: 'db', POSTGRES_HOST_R2: 'db' })).toEqual([]);
  });

  it.each([
    [{ POSTGRES_HOST_R1: 'one' }, 'POSTGRES_…_R1'],
    [{ CDB_REPLICA_URLS: 'postgres://one' }, 'CDB_REPLICA_URLS'],
  ])('need a primary: %j', (env, name) => {
    expect(() => readConfig(env)).toThrow(ConfigError);
    expect(() => readConfig(env)).toThrow(name);
  });

  it.each([
    ['10s', { ms: 10_000 }],
    ['500 ms', { ms: 500 }],
    ['2min', { ms: 120_000 }],
    ['16MB', { bytes: 16 * 1024 * 1024 }],
  ])('may be behind by %s', (lag, expected) => {
    expect(readConfig({ CDB_MAX_REPLICA_LAG: lag }).database.maxReplicaLag).toEqual(expected);
  });
});

describe('An address as a URL', () => {
  it('names the primary', () => {
    const env = { CDB_PRIMARY_URL: 'postgresql://writer:secret@db/cdb' };
    expect(readConfig(env).database.primary).toEqual(AS_PRIMARY);
  });

  it.each([
    'db:5432/cdb',
    'mysql://writer@db/cdb',
    'postgresql://writer:canary@db',
    'postgresql://:canary@db/cdb',
    'postgresql://writer:canary%@db/cdb',
    'postgresql://writer:canary@db/cdb?host=elsewhere',
    'postgresql://writer:canary@one,two/cdb',
  ])('is refused without being repeated: %s', (url) => {
    const read = (): unknown => readConfig({ CDB_PRIMARY_URL: url });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow('CDB_PRIMARY_URL');
    expect(read).not.toThrow('canary');
  });

  it('is refused beside POSTGRES_HOST_W', () => {
    const env = { ...PRIMARY, CDB_PRIMARY_URL: 'postgresql://writer@db/cdb' };
    expect(() => readConfig(env)).toThrow('both');
  });

  it.each(['CDB_PRIMARY_URL', 'CDB_REPLICA_URLS'])('is never shown: %s', (name) => {
    const shown = publicSettings(readConfig({}), { [name]: 'postgresql://db/cdb' });
    expect([...shown.keys()]).not.toContain(name);
  });
});

describe('TLS', () => {
  const file = rootCert(CERTIFICATE);

  it.each([
    ['disable', undefined, undefined],
    ['require', undefined, { verify: 'nothing' }],
    ['require', file, { verify: 'certificate', ca: CERTIFICATE }],
    ['verify-ca', file, { verify: 'certificate', ca: CERTIFICATE }],
    ['verify-full', undefined, { verify: 'certificate and host' }],
    ['verify-full', file, { verify: 'certificate and host', ca: CERTIFICATE }],
  ])('%s with %s means %j', (mode, root, tls) => {
    const byName = readConfig({
      ...PRIMARY,
      POSTGRES_SSLMODE_W: mode,
      POSTGRES_SSLROOTCERT_W: root,
      POSTGRES_HOST_R1: 'one',
    }).database;
    const more = root === undefined ? '' : `&sslrootcert=${root}`;
    const byUrl = readConfig({
      CDB_PRIMARY_URL: `postgresql://writer:secret@db/cdb?sslmode=${mode}${more}`,
    }).database;
    expect([byName.primary?.tls, byName.replicas[0]?.tls, byUrl.primary?.tls]).toEqual([
      tls,
      tls,
      tls,
    ]);
  });

  it.each([
    { POSTGRES_SSLMODE_W: 'prefer' },
    { POSTGRES_SSLMODE_W: 'yes' },
    { POSTGRES_SSLROOTCERT_W: file },
    { POSTGRES_SSLMODE_W: 'verify-full', POSTGRES_SSLROOTCERT_W: '/nowhere.pem' },
    {
      POSTGRES_SSLMODE_W: 'verify-full',
      POSTGRES_SSLROOTCERT_W: join(import.meta.dirname, 'index.ts'),
    },
  ])('is refused where it is not certain: %j', (env) => {
    expect(() => readConfig({ ...PRIMARY, ...env })).toThrow(ConfigError);
    expect(() => readConfig({ ...PRIMARY, ...env })).toThrow('POSTGRES_SSLMODE_W');
  });
});
