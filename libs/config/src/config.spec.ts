import { describe, expect, it } from '@jest/globals';
import { ConfigError, publicSettings, readConfig } from './index.js';

describe('readConfig', () => {
  it('has a default for everything', () => {
    const config = readConfig({});
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 8000 });
    expect(config.database.primary).toBeNull();
    expect(config.iovMode).toBe('continuous');
  });

  it('takes the names of the reference for the primary', () => {
    const config = readConfig({
      POSTGRES_HOST_W: 'db',
      POSTGRES_DB_W: 'cdb',
      POSTGRES_USER_W: 'writer',
      POSTGRES_PASSWORD_W: ' spaces count ',
    });
    expect(config.database.primary).toEqual({
      host: 'db',
      port: 5432,
      database: 'cdb',
      user: 'writer',
      password: ' spaces count ',
    });
  });

  it.each([
    ['PORT', '80000'],
    ['PORT', '-1'],
    ['PORT', '8e3'],
    ['CDB_IOV_MODE', 'sometimes'],
    ['CDB_DEMO', 'perhaps'],
    ['CDB_LOG_LEVEL', 'loud'],
    ['CDB_POOL_SIZE', '0'],
    ['CDB_MAX_HEADER_KB', '15'],
    ['CDB_MAX_CONNECTIONS', '0'],
    ['CDB_REQUEST_TIMEOUT_S', '0'],
    ['CDB_STATEMENT_TIMEOUT_S', 'long'],
    ['CDB_AUTH_CLASS', 'cdb_rest.authentication.CustomJWTAuthentication'],
    ['CDB_PERMISSION_PLUGIN_CLASS', 'cdb_rest.permissions_plugins.belle2.Belle2PermissionPlugin'],
  ])('refuses %s=%s and names it', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => readConfig({ [name]: value })).toThrow(name);
  });

  it('names the variable that is missing beside POSTGRES_HOST_W', () => {
    expect(() => readConfig({ POSTGRES_HOST_W: 'db' })).toThrow('POSTGRES_DB_W');
  });

  it('counts a variable set to nothing as absent', () => {
    expect(readConfig({ POSTGRES_HOST_W: ' ', PORT: '' }).database.primary).toBeNull();
  });

  it('cannot be changed afterwards', () => {
    const config = readConfig({});
    expect(Object.isFrozen(config.http)).toBe(true);
  });
});

describe('publicSettings', () => {
  it('shows CDB_ variables and the mode in force', () => {
    const env = { CDB_PAYLOAD_BASE_URL: 'http://conditions.example.org/', HOME: '/root' };
    const settings = publicSettings(readConfig({}), env);
    expect(Object.fromEntries(settings)).toEqual({
      CDB_IOV_MODE: 'continuous',
      CDB_PAYLOAD_BASE_URL: 'http://conditions.example.org/',
    });
  });

  it.each([
    ['CDB_JWT_SECRET', 'canary'],
    ['CDB_ADMIN_TOKEN', 'canary'],
    ['CDB_PRIMARY_URL', 'postgres://writer:canary@db/cdb'],
  ])('never shows %s', (name, value) => {
    expect([...publicSettings(readConfig({}), { [name]: value }).keys()]).not.toContain(name);
  });
});
