import { describe, expect, it } from '@jest/globals';
import { ConfigError, publicSettings, readConfig, refuseUnprotected } from './index.js';

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
    ['CDB_METRICS_PORT', '8000'],
    ['CDB_METRICS_PORT', 'none'],
    ['CDB_SLOW_QUERY_MS', '1s'],
    ['PORT', '8e3'],
    ['CDB_IOV_MODE', 'sometimes'],
    ['CDB_DEMO', 'perhaps'],
    ['CDB_LOG_LEVEL', 'loud'],
    ['CDB_POOL_SIZE', '0'],
    ['CDB_PREPARED_STATEMENTS', 'sometimes'],
    ['CDB_MAX_HEADER_KB', '15'],
    ['CDB_RATE_LIMIT_PER_MINUTE', '-1'],
    ['CDB_TRUSTED_PROXIES', 'proxy.example.org'],
    ['CDB_TRUSTED_PROXIES', '10.0.0.0/8, 10.1.0.0/33'],
    ['CDB_TRUSTED_PROXIES', '10.0.0.0/8/8'],
    ['CDB_CORS_ORIGINS', 'conditions.example.org'],
    ['CDB_CORS_ORIGINS', 'https://conditions.example.org/'],
    ['CDB_CORS_ORIGINS', 'null'],
    ['CDB_MAX_CONNECTIONS', '0'],
    ['CDB_REQUEST_TIMEOUT_S', '0'],
    ['CDB_STATEMENT_TIMEOUT_S', 'long'],
    ['CDB_SERVE_STALE', 'yes'],
    ['CDB_SERVE_STALE', '10'],
    ['CDB_AUTH', 'sometimes'],
    ['CDB_AUTH_CLASS', 'rest_framework.authentication.BasicAuthentication'],
    ['CDB_PERMISSION_PLUGIN_CLASS', 'my_plugins.Plugin'],
    ['CDB_READ_AUTH', 'perhaps'],
    ['CDB_CLOCK_SKEW_S', '301'],
    ['CDB_OIDC_ISSUERS', 'https://iam.example.org/'],
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

  it('takes several values between commas or blanks', () => {
    const { http } = readConfig({
      CDB_TRUSTED_PROXIES: 'loopback, 10.0.0.0/8 fd00::/8,2001:db8::1',
      CDB_CORS_ORIGINS: 'https://a.example http://127.0.0.1:8080',
    });
    expect(http.trustedProxies).toEqual(['loopback', '10.0.0.0/8', 'fd00::/8', '2001:db8::1']);
    expect(http.corsOrigins).toEqual(['https://a.example', 'http://127.0.0.1:8080']);
  });

  it('cannot be changed afterwards', () => {
    const config = readConfig({});
    expect(Object.isFrozen(config.http)).toBe(true);
  });
});

describe('readConfig: who is asked for a token', () => {
  const SECRET = 'a'.repeat(32);
  const REFERENCE = {
    CDB_AUTH_CLASS: 'cdb_rest.authentication.CustomJWTAuthentication',
    JWT_SECRET: SECRET,
  };
  const ISSUER = 'https://iam.example.org/';
  const OIDC = {
    CDB_OIDC_ISSUERS: `${ISSUER} tempora`,
    CDB_PERMISSION_PLUGIN_CLASS: 'scopes',
  };

  it('nobody, unless it is said', () => {
    const { auth } = readConfig({ JWT_SECRET: 'of another program' });
    expect(auth).toMatchObject({ enforced: false, decided: false, sharedSecret: null });
    expect(readConfig({ CDB_AUTH: 'off' }).auth).toMatchObject({ enforced: false, decided: true });
  });

  it('by the names of the reference, whoever writes', () => {
    expect(readConfig(REFERENCE).auth).toEqual({
      enforced: true,
      decided: true,
      readsNeedToken: false,
      sharedSecret: { secret: SECRET, issuer: null, audiences: [] },
      issuers: [],
      clockSkewS: 30,
      policy: 'allow-all',
      policyFile: null,
    });
    expect(readConfig({ CDB_AUTH: 'on', JWT_SECRET: SECRET }).auth.enforced).toBe(true);
  });

  it('not by a secret that was left over beside issuers', () => {
    expect(readConfig({ ...OIDC, JWT_SECRET: SECRET }).auth.sharedSecret).toBeNull();
    expect(readConfig({ ...OIDC, ...REFERENCE }).auth.sharedSecret).not.toBeNull();
  });

  it('by issuers, each with its audiences and algorithms', () => {
    const CDB_OIDC_ISSUERS = `${ISSUER} a b, http://127.0.0.1:8080/realms/x c alg=ES256`;
    expect(readConfig({ ...OIDC, CDB_OIDC_ISSUERS }).auth.issuers).toEqual([
      { issuer: ISSUER, audiences: ['a', 'b'], algorithms: ['RS256', 'ES256', 'EdDSA'] },
      { issuer: 'http://127.0.0.1:8080/realms/x', audiences: ['c'], algorithms: ['ES256'] },
    ]);
  });

  it.each([
    ['cdb_rest.permissions_plugins.dummy.DummyPermissionPlugin', 'allow-all'],
    ['cdb_rest.permissions_plugins.belle2.Belle2PermissionPlugin', 'belle2'],
    ['scopes', 'scopes'],
    ['./my-policy.mjs', { module: './my-policy.mjs' }],
  ])('and who may write is decided by %s', (CDB_PERMISSION_PLUGIN_CLASS, policy) => {
    expect(readConfig({ ...REFERENCE, CDB_PERMISSION_PLUGIN_CLASS }).auth.policy).toEqual(policy);
  });

  it.each<[string, Record<string, string>, string]>([
    ['a class without a secret', { ...REFERENCE, JWT_SECRET: ' ' }, 'JWT_SECRET is not set'],
    ['a short secret', { ...REFERENCE, JWT_SECRET: 'a'.repeat(31) }, '31 bytes'],
    ['a known secret', { ...REFERENCE, JWT_SECRET: `${SECRET}changeme` }, 'everybody knows'],
    ['no secret and no issuer', { CDB_AUTH: 'on' }, 'JWT_SECRET or CDB_OIDC_ISSUERS'],
    ['a class, but no authentication', { ...REFERENCE, CDB_AUTH: 'off' }, 'CDB_AUTH_CLASS'],
    ['issuers, but no authentication', { ...OIDC, CDB_AUTH: 'off' }, 'CDB_OIDC_ISSUERS'],
    [
      'a policy for nobody',
      { CDB_PERMISSION_PLUGIN_CLASS: 'belle2' },
      'CDB_PERMISSION_PLUGIN_CLASS',
    ],
    ['readers that nobody is asked about', { CDB_READ_AUTH: 'required' }, 'CDB_READ_AUTH'],
    ['issuers, but no policy', { CDB_OIDC_ISSUERS: `${ISSUER} a` }, 'CDB_PERMISSION_PLUGIN_CLASS'],
    ['an issuer without TLS', { CDB_OIDC_ISSUERS: 'http://iam.example.org a' }, 'no https URL'],
    ['an unknown algorithm', { CDB_OIDC_ISSUERS: `${ISSUER} a alg=HS256` }, 'HS256'],
    ['an issuer twice', { ...OIDC, CDB_OIDC_ISSUERS: `${ISSUER} a, ${ISSUER} b` }, 'twice'],
    ['a policy file that nobody reads', { ...REFERENCE, CDB_POLICY_FILE: 'p' }, 'CDB_POLICY_FILE'],
    [
      'a secret that speaks for an issuer',
      { ...REFERENCE, ...OIDC, CDB_JWT_ISSUER: ISSUER },
      'CDB_JWT_ISSUER',
    ],
  ])('refuses %s', (_, env, words) => {
    expect(() => readConfig(env)).toThrow(ConfigError);
    expect(() => readConfig(env)).toThrow(words);
    expect(() => readConfig(env)).not.toThrow(SECRET);
  });
});

describe('refuseUnprotected', () => {
  it.each(['127.0.0.1', '127.8.9.10', '::1', '[::1]', 'localhost', 'LOCALHOST'])(
    'lets %s be',
    (HOST) => {
      expect(() => {
        refuseUnprotected(readConfig({ HOST }));
      }).not.toThrow();
    },
  );

  it.each(['0.0.0.0', '::', '192.168.1.2', 'localhost.example.org', '127.0.0.1.example.org'])(
    'refuses %s unless the operator says so',
    (HOST) => {
      expect(() => {
        refuseUnprotected(readConfig({ HOST }));
      }).toThrow(ConfigError);
      expect(() => {
        refuseUnprotected(readConfig({ HOST, CDB_AUTH: 'off' }));
      }).not.toThrow();
    },
  );
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
    ['CDB_DB_PASS', 'canary'],
    ['CDB_DB_PASSWORD', 'canary'],
    ['CDB_PRIMARY', 'host=db password=canary'],
    ['CDB_HEADER', 'Bearer canary'],
    ['CDB_SIGNED', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2ln'],
    ['CDB_PEM', '-----BEGIN RSA PRIVATE KEY-----'],
  ])('never shows %s', (name, value) => {
    expect([...publicSettings(readConfig({}), { [name]: value }).keys()]).not.toContain(name);
  });
});
