import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DatabaseConnection } from '#database';
import { type Cli, cliFor } from './cli.js';
import { createDatabase, emptyDatabase, sql } from './postgres.js';
import { startServer, type TestServer } from './server.js';
import { databaseEnvironment } from './service-process.js';
import { REFERENCE_AUTH, SECRET } from './token-issuer.js';

const NOWHERE = 'http://127.0.0.1:9';

describe('migrate, check and adopt', () => {
  let connection: DatabaseConnection;
  let tempora: Cli;

  beforeAll(async () => {
    connection = await emptyDatabase();
    tempora = cliFor(NOWHERE, databaseEnvironment(connection));
  });

  it('tell what a migration would do, do it, and find all well', async () => {
    expect(await tempora.json('adopt', '--check')).toMatchObject({ step: 'create' });
    expect((await tempora('check')).code).toBe(1);
    const migrated = await tempora('migrate');
    expect(migrated.code).toBe(0);
    expect(migrated.stdout).toMatch(/^Migrated the database: .*\nThe schema is current.\n$/);
    expect(await tempora.json('migrate')).toEqual({
      applied: [],
      adopted: false,
      repairedCombIov: 0,
      skippedConstraints: [],
    });
    expect(await tempora.json('adopt', '--check')).toMatchObject({ step: 'none' });
    const { code, stdout } = await tempora('check');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^comb-iov +kept/m);
    expect((await tempora('adopt', '--check')).stdout).toMatch(/^takes +about/m);
  });

  it('mend what is safe, when told so twice', async () => {
    await sql(connection, `DELETE FROM "GlobalTagStatus" WHERE name = 'frozen'`);
    const { code, stdout, stderr } = await tempora('check');
    expect(code).toBe(10);
    expect(stdout).toMatch(/^statuses +BROKEN +1/m);
    expect(stdout).toContain('statuses: frozen\n  --repair adds');
    expect(stderr).toBe('tempora: Not kept: statuses.\n');
    expect((await tempora('check', '--repair')).code).toBe(7);
    expect((await tempora('check', '--repair', '--yes')).stdout).toMatch(
      /^statuses +repaired +1 +1/m,
    );
    expect(await tempora.json('check')).toMatchObject({ ok: true });
  });

  it('refuse with a sentence', async () => {
    const wrong = cliFor(NOWHERE, {
      ...databaseEnvironment(connection),
      CDB_IOV_MODE: 'odd',
    });
    expect(await wrong('check')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^tempora: CDB_IOV_MODE is "odd"/) as unknown,
    });
    expect((await tempora('adopt')).code).toBe(2);
    expect((await tempora('migrate', '--change-iov-mode')).code).toBe(7);
    const elsewhere = cliFor(NOWHERE, {
      ...databaseEnvironment(connection),
      CDB_IOV_MODE: 'discrete',
    });
    expect((await elsewhere('migrate', '--change-iov-mode', '--yes')).code).toBe(0);
    expect((await tempora('check')).stdout).toMatch(/^iov-mode +kept|^iov-mode +BROKEN +1/m);
  });
});

describe('token', () => {
  let server: TestServer;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tempora-token-'));
    server = await startServer({
      connection: await createDatabase(),
      env: {
        ...REFERENCE_AUTH,
        CDB_PERMISSION_PLUGIN_CLASS: 'scopes',
        CDB_JWT_ISSUER: 'portal',
        CDB_JWT_AUDIENCE: 'tempora',
      },
    });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await server.stop();
  });

  const NAMED = { CDB_JWT_ISSUER: 'portal', CDB_JWT_AUDIENCE: 'tempora' };

  it('is one that the server takes, with the rights that it says', async () => {
    const tempora = cliFor(server.url, { JWT_SECRET: SECRET, ...NAMED });
    const { code, stdout } = await tempora(
      ...['token', '--subject', 'alice', '--scope', 'cdb.create:/Mine', '--expires', '10m'],
    );
    expect(code).toBe(0);
    const client = server.native.as(stdout.trim());
    expect((await client.get('whoami')).body).toMatchObject({ subject: 'alice', issuer: 'portal' });
    expect((await client.post('global-tags', { name: 'Mine_1' })).status).toBe(201);
    expect((await client.post('global-tags', { name: 'Other' })).status).toBe(403);

    const bearer = cliFor(server.url, { BEARER_TOKEN: stdout.trim() });
    expect(await bearer.json('whoami')).toMatchObject({ subject: 'alice' });
  });

  it('takes the secret from a file, other claims, and a time', async () => {
    const file = join(folder, 'secret');
    writeFileSync(file, `${SECRET}\n`);
    const tempora = cliFor(server.url, NAMED);
    const { token, claims } = (await tempora.json(
      ...['token', '--subject', 'bob', '--secret-file', file, '--expires', '2d'],
      ...['--claim', 'groups=["a","b"]', '--claim', 'note=plain text'],
    )) as { token: string; claims: { iat: number; exp: number } };
    expect(claims).toMatchObject({ sub: 'bob', groups: ['a', 'b'], note: 'plain text' });
    expect(claims.exp - claims.iat).toBe(2 * 86_400);
    expect((await server.native.as(token).get('whoami')).body).toMatchObject({ subject: 'bob' });
  });

  it('is refused without a secret, with a weak one, and for odd times', async () => {
    const tempora = cliFor(NOWHERE);
    expect(await tempora('token', '--subject', 'x')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('JWT_SECRET is not set') as unknown,
    });
    const weak = cliFor(NOWHERE, { JWT_SECRET: 'short' });
    expect((await weak('token', '--subject', 'x')).stderr).toContain('at least 32');
    const good = cliFor(NOWHERE, { JWT_SECRET: SECRET });
    for (const wrong of [
      ['--expires', '0s'],
      ['--expires', '2y'],
      ['--claim', 'x'],
      ['--secret-file', join(folder, 'no')],
    ]) {
      expect([2, 6]).toContain((await good('token', '--subject', 'x', ...wrong)).code);
    }
  });
});

describe('where no database is named', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tempora-unnamed-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([['check'], ['adopt', '--check'], ['migrate']])('%s makes none', async (...args) => {
    const { code, stderr } = await cliFor(NOWHERE, {}, folder)(...args);
    expect(stderr).toMatch(
      /^tempora: No database is named: set POSTGRES_HOST_W or CDB_PRIMARY_URL/,
    );
    expect([code, readdirSync(folder)]).toEqual([2, []]);
  });
});

describe('bench', () => {
  it('drives no server unasked that only the environment names', async () => {
    const { code, stderr } = await cliFor(NOWHERE)('bench');
    expect(stderr).toContain(`${NOWHERE} will be driven as hard as it goes.`);
    expect(code).toBe(7);
    expect((await cliFor(NOWHERE)('bench', '--server', NOWHERE)).code).toBe(1);
  });

  it('prints no JSON', async () => {
    const { code, stderr } = await cliFor(NOWHERE)('bench', '--json');
    expect(JSON.parse(stderr)).toMatchObject({ detail: expect.stringContaining('--figures') });
    expect(code).toBe(2);
  });
});

it('bench says that it is not installed where it is not', async () => {
  const tempora = cliFor(NOWHERE);
  expect(await tempora('bench', '--url', NOWHERE)).toMatchObject({
    code: 1,
    stderr: 'tempora: bench/main.js is not part of this installation.\n',
  });
});
