import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { type Answer } from './http-client.js';
import { expectProblem } from './native-problem.js';
import { startServer, type TestServer } from './server.js';
import {
  type Claims,
  inSeconds,
  REFERENCE_AUTH,
  SECRET,
  signed,
  TokenIssuer,
} from './token-issuer.js';

let tags = 0;
/** What a single test has started. */
const opened: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.stop()));
});

/** Writes something in both protocols; the native answer. */
async function write(server: TestServer, token?: string): Promise<Answer> {
  const [native, dropIn] =
    token === undefined
      ? [server.native, server.dropIn]
      : [server.native.as(token), server.dropIn.as(token)];
  const answer = await native.post('global-tags', { name: `Tag_${++tags}` });
  const same = await dropIn.post('gt', { name: `Tag_${++tags}`, status: 'unlocked' });
  expect(same.status).toBe(answer.status === 201 ? 200 : answer.status);
  if (answer.status === 401) {
    const { detail } = answer.body as { detail: string };
    expect(same.body).toEqual({ detail });
    expect(same.headers.get('www-authenticate')).toBe(answer.headers.get('www-authenticate'));
  }
  return answer;
}

async function expectRefused(server: TestServer, token: string, reason: string | RegExp) {
  const answer = await write(server, token);
  expect(expectProblem(answer, 'unauthenticated').detail).toMatch(reason);
  expect(answer.headers.get('www-authenticate')).toMatch(
    /^Bearer realm="Tempora", error="invalid_token", error_description="The [^"]*"$/,
  );
  expect(answer.text).not.toContain(token);
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

describe('A server with the shared secret of the reference', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ env: REFERENCE_AUTH });
  });
  afterAll(() => server.stop());

  it('lets everybody read', async () => {
    expect((await server.native.get('global-tags')).status).toBe(200);
    expect((await server.dropIn.get('globalTags')).status).toBe(200);
    // A token is nobody's business where none is needed.
    expect((await server.native.as('rubbish').get('global-tags')).status).toBe(200);
  });

  it('asks whoever writes for a token', async () => {
    const answer = await write(server);
    expectProblem(answer, 'unauthenticated');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="Tempora"');
  });

  it('takes a token that is signed with it', async () => {
    expect((await write(server, await signed())).status).toBe(201);
    expect((await write(server, await signed({ sub: undefined, exp: undefined }))).status).toBe(
      201,
    );
  });

  it('takes clocks for somewhat apart', async () => {
    expect((await write(server, await signed({ exp: inSeconds(-5) }))).status).toBe(201);
    expect((await write(server, await signed({ nbf: inSeconds(5) }))).status).toBe(201);
  });

  it.each<[string, Claims, RegExp]>([
    ['has expired', { exp: inSeconds(-600) }, /^The token has expired, at 20/],
    ['is not valid yet', { nbf: inSeconds(600) }, /^The token is not valid before 20/],
    ['is for somebody else', { aud: 'another' }, /another audience \(aud\)/],
    ['has a time that is none', { exp: 'soon' }, /time that cannot be read \(exp\)/],
    ['has a subject with a NUL', { sub: 'a\0b' }, /subject \(sub\)/],
    ['has an endless subject', { sub: 'a'.repeat(256) }, /subject \(sub\)/],
  ])('refuses a token that %s', async (_, claims, reason) => {
    await expectRefused(server, await signed(claims), reason);
  });

  it('refuses a token that is signed with another secret, or otherwise', async () => {
    await expectRefused(server, await signed({}, { secret: `${SECRET}!` }), /signature .* wrong/);
    const longer = await signed({}, { alg: 'HS512', secret: SECRET.repeat(2) });
    await expectRefused(server, longer, /issuer \(iss\)/);
  });

  it('refuses a token that is not signed, or has been changed', async () => {
    const claims = base64url({ sub: 'mallory', exp: inSeconds(600) });
    for (const alg of ['none', 'None', 'NONE']) {
      await expectRefused(server, `${base64url({ alg })}.${claims}.`, /not signed/);
    }
    const [head, , signature] = (await signed()).split('.');
    await expectRefused(server, `${head}.${claims}.${signature}`, /signature/);
    const critical = `${base64url({ alg: 'HS256', crit: ['exp'] })}.${claims}`;
    const mac = createHmac('sha256', SECRET).update(critical).digest('base64url');
    await expectRefused(server, `${critical}.${mac}`, /crit/);
  });

  it.each(['rubbish', 'a.b.c', 'a.b', '....', 'e30.e30.', `${'a'.repeat(7000)}.b.c`])(
    'refuses what is no token: %.20s',
    async (token) => {
      await expectRefused(server, token, /token/);
    },
  );

  it.each(['Basic YWxpY2U6YWxpY2U=', 'Bearer', 'Bearer a b', 'Token abc'])(
    'refuses the header %s',
    async (authorization) => {
      const headers = { authorization };
      const answer = await server.native.send('POST', 'global-tags', { headers, body: {} });
      expect(expectProblem(answer, 'unauthenticated').detail).toMatch(/Authorization must be/);
    },
  );

  it('asks before it reads a body, or looks for anything', async () => {
    const broken = await server.native.send('POST', 'global-tags', { text: '{' });
    expectProblem(broken, 'unauthenticated');
    expectProblem(await server.native.delete('global-tags/Nowhere'), 'unauthenticated');
  });
});

it('a secret with an issuer and an audience takes tokens of these only', async () => {
  const server = await startServer({
    env: { ...REFERENCE_AUTH, CDB_JWT_ISSUER: 'portal', CDB_JWT_AUDIENCE: 'cdb other' },
  });
  opened.push(server);
  const good = { iss: 'portal', aud: ['elsewhere', 'cdb'] };
  expect((await write(server, await signed(good))).status).toBe(201);
  await expectRefused(server, await signed({ ...good, iss: 'b2' }), /another issuer \(iss\)/);
  await expectRefused(server, await signed({ ...good, aud: undefined }), /no audience \(aud\)/);
  await expectRefused(server, await signed({ ...good, aud: 'elsewhere' }), /another audience/);
});

describe('A server that trusts OIDC issuers', () => {
  let iam: TokenIssuer;
  let keycloak: TokenIssuer;
  let away: TokenIssuer;
  let server: TestServer;
  beforeAll(async () => {
    [iam, keycloak, away] = await Promise.all([
      TokenIssuer.start(),
      TokenIssuer.start('/realms/physics'),
      TokenIssuer.start(''),
    ]);
    away.isAway = true;
    server = await startServer({
      env: {
        ...REFERENCE_AUTH,
        CDB_OIDC_ISSUERS:
          `${iam.name} tempora https://wlcg.cern.ch/jwt/v1/any, ` +
          `${keycloak.name} tempora alg=ES256, ${away.name} tempora`,
        CDB_PERMISSION_PLUGIN_CLASS: 'allow-all',
      },
    });
  });
  afterAll(async () => {
    await Promise.all([server.stop(), iam.stop(), keycloak.stop(), away.stop()]);
  });

  it('takes tokens of each, whatever key it signs with', async () => {
    expect((await write(server, await iam.token())).status).toBe(201);
    await iam.addKey('RS256');
    expect((await write(server, await iam.token())).status).toBe(201);
    await iam.addKey('EdDSA');
    expect((await write(server, await iam.token())).status).toBe(201);
    expect((await write(server, await keycloak.token())).status).toBe(201);
    expect((await write(server, await signed())).status).toBe(201);
  });

  it('takes any of the audiences', async () => {
    const any = await iam.token({ aud: ['a', 'https://wlcg.cern.ch/jwt/v1/any'] });
    expect((await write(server, any)).status).toBe(201);
  });

  it.each<[string, Claims, RegExp]>([
    ['another issuer', { iss: 'https://evil.example.org/' }, /not trusted here/],
    ['no issuer', { iss: undefined }, /not trusted here/],
    ['an issuer that is no text', { iss: { toString: 0, valueOf: 0 } }, /not trusted here/],
    ['another audience', { aud: 'storage' }, /another audience/],
    ['no audience', { aud: undefined }, /no audience/],
    ['an end in the past', { exp: inSeconds(-600) }, /has expired/],
    ['no end', { exp: undefined }, /does not say when it ends/],
    ['nobody as subject', { sub: undefined }, /does not say whose it is/],
    ['a begin in the future', { nbf: inSeconds(600) }, /not valid before/],
  ])('refuses a token with %s', async (_, claims, reason) => {
    await expectRefused(server, await iam.token(claims), reason);
  });

  it('refuses the token of one issuer in the name of another', async () => {
    await expectRefused(
      server,
      await iam.token({ iss: keycloak.name }),
      /algorithm|signed with a key/,
    );
    await keycloak.addKey('ES256');
    await expectRefused(
      server,
      await keycloak.token({ iss: iam.name }),
      /signed with a key \(kid\)/,
    );
  });

  it('refuses an algorithm that is not one of the issuer', async () => {
    const eddsa = await TokenIssuer.start('/', 'EdDSA');
    opened.push(eddsa);
    await expectRefused(server, await eddsa.token({ iss: keycloak.name }), /algorithm \(alg\)/);
  });

  it('takes no public key for a secret', async () => {
    const confused = await signed(iam.claims(), { secret: await iam.publicKeyText() });
    await expectRefused(server, confused, /signature .* wrong/);
    const claims = base64url({ ...iam.claims(), sub: 'mallory' });
    await expectRefused(server, `${base64url({ alg: 'none' })}.${claims}.`, /not signed/);
  });

  it('finds the keys of an issuer that has new ones, and is not hurried by keys that nobody has', async () => {
    const before = await keycloak.token();
    expect((await write(server, before)).status).toBe(201);
    await keycloak.rotate();
    expect((await write(server, await keycloak.token())).status).toBe(201);
    await expectRefused(server, before, /signed with a key \(kid\)/);
    const unknown = await iam.token({}, { kid: 'nobody-has-this' });
    await expectRefused(server, unknown, /signed with a key \(kid\)/);
    const asked = iam.keyRequests;
    for (let attempt = 0; attempt < 5; attempt++) await expectRefused(server, unknown, /\(kid\)/);
    expect(iam.keyRequests).toBe(asked);
    // Nor does that keep out those whose keys are known.
    expect((await write(server, await iam.token())).status).toBe(201);
  });

  it('says that a token cannot be checked while its issuer is away, and goes on with the others', async () => {
    const token = await away.token();
    const answer = await server.native.as(token).post('global-tags', { name: 'Away' });
    expect(expectProblem(answer, 'issuer-unavailable').detail).toContain(away.name);
    expect(answer.headers.get('retry-after')).not.toBeNull();
    expect((await server.dropIn.as(token).post('gt', { name: 'Away' })).status).toBe(504);
    expect((await write(server, await iam.token())).status).toBe(201);
  });
});

it('an issuer whose document speaks for another is not believed', async () => {
  const issuer = await TokenIssuer.start();
  opened.push(issuer);
  issuer.discovery = { issuer: 'https://somebody.example.org/' };
  const env = {
    CDB_OIDC_ISSUERS: `${issuer.name} tempora`,
    CDB_PERMISSION_PLUGIN_CLASS: 'allow-all',
  };
  const server = await startServer({ env });
  opened.push(server);
  const answer = await server.native.as(await issuer.token()).post('global-tags', { name: 'T' });
  expectProblem(answer, 'issuer-unavailable');
  // No secret was given: nothing is signed with one.
  await expectRefused(server, await signed(), /HS256/);
});
