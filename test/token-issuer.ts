import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** What a token says; undefined takes a claim away. */
export type Claims = Readonly<Record<string, unknown>>;

type Algorithm = 'RS256' | 'ES256' | 'EdDSA';

interface Key {
  readonly kid: string;
  readonly algorithm: Algorithm;
  readonly pair: Awaited<ReturnType<typeof generateKeyPair>>;
}

/** An OIDC issuer on this machine: discovery, keys, tokens. Whether it answers, and with which keys, a test says. */
export class TokenIssuer {
  /** How often its keys were asked for. */
  keyRequests = 0;
  isAway = false;
  /** What its discovery document says instead. */
  discovery: Record<string, unknown> = {};
  private keys: Key[] = [];
  private made = 0;
  private readonly server: Server;

  private constructor(private readonly slash: string) {
    this.server = createServer((request, response) => {
      if (this.isAway) {
        request.socket.destroy();
        return;
      }
      void this.answer(request.url ?? '').then((body) => {
        response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      });
    });
  }

  /** @param slash what the name of the issuer ends with */
  static async start(slash = '/', algorithm: Algorithm = 'ES256'): Promise<TokenIssuer> {
    const issuer = new TokenIssuer(slash);
    issuer.server.listen(0, '127.0.0.1');
    await once(issuer.server, 'listening');
    await issuer.addKey(algorithm);
    return issuer;
  }

  get name(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${this.slash}`;
  }

  async addKey(algorithm: Algorithm): Promise<void> {
    const pair = await generateKeyPair(algorithm, { extractable: true });
    this.keys.unshift({ kid: `key-${++this.made}`, algorithm, pair });
  }

  /** It has none of the keys before. */
  async rotate(): Promise<void> {
    this.keys = [];
    await this.addKey('ES256');
  }

  /** A good token for the audience `tempora`, but for what is said otherwise. */
  async token(claims: Claims = {}, header: Record<string, unknown> = {}): Promise<string> {
    const key = this.keys[0] as Key;
    const whole = { ...this.claims(), ...claims };
    return new SignJWT(JSON.parse(JSON.stringify(whole)) as JWTPayload)
      .setProtectedHeader({ alg: key.algorithm, kid: key.kid, ...header })
      .sign(key.pair.privateKey);
  }

  /** The newest public key, as text that somebody could take for a secret. */
  async publicKeyText(): Promise<string> {
    return JSON.stringify(await exportJWK((this.keys[0] as Key).pair.publicKey));
  }

  claims(): Claims {
    return { iss: this.name, sub: 'alice', aud: 'tempora', exp: inSeconds(600) };
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(path: string): Promise<unknown> {
    const address = this.name.replace(/\/$/, '');
    const base = new URL(address).pathname.replace(/\/$/, '');
    if (path === `${base}/.well-known/openid-configuration`) {
      return { issuer: this.name, jwks_uri: `${address}/jwks`, ...this.discovery };
    }
    if (path !== `${base}/jwks`) return undefined;
    this.keyRequests++;
    const keys = this.keys.map(async ({ kid, algorithm, pair }) => ({
      ...(await exportJWK(pair.publicKey)),
      kid,
      alg: algorithm,
      use: 'sig',
    }));
    return { keys: await Promise.all(keys) };
  }
}

/** A secret that is long enough, and found again if it ever shows up somewhere. */
export const SECRET = 'canary-secret-of-the-portal-0123456789';

/** The environment of the reference: tokens signed with {@link SECRET}. */
export const REFERENCE_AUTH = {
  CDB_AUTH_CLASS: 'cdb_rest.authentication.CustomJWTAuthentication',
  JWT_SECRET: SECRET,
};

/** A token signed with a secret, good for ten minutes but for what is said otherwise. */
export async function signed(
  claims: Claims = {},
  { secret = SECRET, alg = 'HS256' } = {},
): Promise<string> {
  const whole = { sub: 'alice', exp: inSeconds(600), ...claims };
  return new SignJWT(JSON.parse(JSON.stringify(whole)) as JWTPayload)
    .setProtectedHeader({ alg })
    .sign(new TextEncoder().encode(secret));
}

/** Seconds since 1970, so many from now. */
export function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}
