import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { fetchJson } from './fetch-json.js';
import { IssuerUnavailable, TokenRefusal } from './token-refusal.js';

/** Checks a token with a key. */
type Check<T> = (key: JWTVerifyGetKey) => Promise<T>;

/** After this the keys are fetched anew, and used meanwhile, milliseconds. */
const FRESH_MS = 600_000;
/** After this they are not used any more: an issuer that was away so long may have revoked them. */
const USABLE_MS = 86_400_000;
/** No new attempt for so long after one that failed, or found no key for its token, milliseconds. */
const BRAKE_MS = 30_000;

/**
 * The public keys of one issuer: found by its discovery document, kept, and fetched anew for a key
 * that is not among them. Nothing is fetched before the first token, and neither tokens with keys that
 * nobody has nor an issuer that is away make us hurry.
 */
export class IssuerKeys {
  private held: { keys: JWTVerifyGetKey; since: number } | undefined;
  private brakedUntil = -Infinity;
  private fetching: Promise<void> | undefined;

  constructor(
    private readonly issuer: string,
    private readonly warn: (message: string) => void,
    /** Milliseconds. */
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @throws TokenRefusal if none of the keys signed it, IssuerUnavailable if there are no keys */
  async use<T>(check: Check<T>): Promise<T> {
    if (this.age() > USABLE_MS) await this.fetch();
    else if (this.age() > FRESH_MS) void this.fetch();
    try {
      return await check(this.keys());
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw refusalOf(error);
    }
    const before = this.held;
    await this.fetch();
    try {
      if (this.held === before) throw new errors.JWKSNoMatchingKey();
      return await check(this.keys());
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) this.brake();
      throw refusalOf(error);
    }
  }

  private brake(): void {
    this.brakedUntil = this.now() + BRAKE_MS;
  }

  private age(): number {
    return this.held === undefined ? Infinity : this.now() - this.held.since;
  }

  private keys(): JWTVerifyGetKey {
    if (this.held === undefined || this.age() > USABLE_MS) throw new IssuerUnavailable(this.issuer);
    return this.held.keys;
  }

  /** Fetches the keys, unless that was in vain just now. It does not fail: what is held stays. */
  private async fetch(): Promise<void> {
    if (this.now() < this.brakedUntil) return;
    this.fetching ??= this.load().finally(() => {
      this.fetching = undefined;
    });
    await this.fetching;
  }

  private async load(): Promise<void> {
    try {
      const keys = createLocalJWKSet(await fetchJson<Jwks>(await this.keysAddress()));
      this.held = { keys, since: this.now() };
    } catch (error) {
      this.brake();
      this.warn(`The keys of ${this.issuer} cannot be had (${messageOf(error)})`);
    }
  }

  private async keysAddress(): Promise<URL> {
    const document = await fetchJson<Discovery>(
      new URL(`${this.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`),
    );
    if (document.issuer !== this.issuer) {
      throw new Error(`its discovery document is of the issuer ${String(document.issuer)}`);
    }
    const address = new URL(String(document.jwks_uri));
    if (address.protocol !== 'https:' && address.protocol !== new URL(this.issuer).protocol) {
      throw new Error('its keys are not served over https');
    }
    return address;
  }
}

type Jwks = Parameters<typeof createLocalJWKSet>[0];
interface Discovery {
  readonly issuer?: unknown;
  readonly jwks_uri?: unknown;
}

function refusalOf(error: unknown): unknown {
  if (error instanceof errors.JWKSNoMatchingKey) {
    return new TokenRefusal('The token is signed with a key (kid) that its issuer does not have.');
  }
  if (error instanceof errors.JWKSMultipleMatchingKeys) {
    return new TokenRefusal(
      'The token does not say which of the keys of its issuer signed it (kid).',
    );
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return new TokenRefusal('The signature of the token is wrong.', { cause: error });
  }
  if (error instanceof IssuerUnavailable) return error;
  // A key that is none, or too short for its algorithm, fails in many ways.
  return new TokenRefusal('The token cannot be checked with the keys of its issuer.', {
    cause: error,
  });
}

function messageOf(error: unknown): string {
  const { message, cause } = error as Partial<Error>;
  const inner = (cause as Partial<Error> | undefined)?.message;
  return `${message ?? String(error)}${inner === undefined ? '' : `: ${inner}`}`;
}
