import { compactVerify, decodeJwt, decodeProtectedHeader, errors } from 'jose';
import { type Identity, SHARED_SECRET } from './identity.js';
import { IssuerKeys } from './issuer-keys.js';
import { identityOf } from './token-claims.js';
import { TokenRefusal } from './token-refusal.js';

/** Tokens signed with a secret that both sides have. */
export interface SharedSecret {
  /** The claims, if the token is signed with the secret by HS256, whatever times it says; else it throws. */
  readonly verify: (token: string) => Promise<Readonly<Record<string, unknown>>>;
  readonly issuer: string | null;
  readonly audiences: readonly string[];
}

export interface Issuer {
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** Of public keys only. */
  readonly algorithms: readonly string[];
}

export interface VerifierOptions {
  readonly sharedSecret: SharedSecret | null;
  readonly issuers: readonly Issuer[];
  readonly clockSkewS: number;
  /** Told when the keys of an issuer cannot be had. */
  readonly warn: (message: string) => void;
}

/**
 * Finds out who a token speaks for. How it is signed decides where it is checked: with HS256 only
 * against the secret, with a public key only against the keys of the issuer it names.
 */
export class TokenVerifier {
  private readonly issuers: ReadonlyMap<string, { issuer: Issuer; keys: IssuerKeys }>;

  constructor(private readonly options: VerifierOptions) {
    this.issuers = new Map(
      options.issuers.map((issuer) => [
        issuer.issuer,
        { issuer, keys: new IssuerKeys(issuer.issuer, options.warn) },
      ]),
    );
  }

  /** @throws TokenRefusal with the reason, IssuerUnavailable */
  async identify(token: string): Promise<Identity> {
    const { alg, iss } = readUnchecked(token);
    if (alg === 'HS256') return this.bySecret(token);
    return this.byIssuer(token, alg, iss);
  }

  private async bySecret(token: string): Promise<Identity> {
    const { sharedSecret } = this.options;
    if (sharedSecret === null)
      throw new TokenRefusal('The token is signed by HS256, which is not taken here.');
    const claims = await sharedSecret.verify(token).catch((cause: unknown) => {
      throw new TokenRefusal('The signature of the token is wrong.', { cause });
    });
    const { issuer, audiences } = sharedSecret;
    return identityOf(claims, {
      ...this.clock(),
      knownAs: issuer ?? SHARED_SECRET,
      issuer,
      audiences,
      complete: false,
    });
  }

  private async byIssuer(token: string, alg: string, iss: unknown): Promise<Identity> {
    const known = typeof iss === 'string' ? this.issuers.get(iss) : undefined;
    if (known === undefined) {
      throw new TokenRefusal('The token is of an issuer (iss) that is not trusted here.');
    }
    const { issuer, keys } = known;
    if (!issuer.algorithms.includes(alg)) {
      throw new TokenRefusal('The token is signed by an algorithm (alg) that is not taken here.');
    }
    const claims = await keys.use(async (key) => {
      const { payload } = await compactVerify(token, key, { algorithms: [...issuer.algorithms] });
      return JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
    });
    return identityOf(claims, {
      ...this.clock(),
      knownAs: issuer.issuer,
      issuer: issuer.issuer,
      audiences: issuer.audiences,
      complete: true,
    });
  }

  private clock(): { now: number; clockSkewS: number } {
    return { now: Date.now() / 1000, clockSkewS: this.options.clockSkewS };
  }
}

/** What decides how to check it; nothing of it is believed yet. */
function readUnchecked(token: string): { alg: string; iss: unknown } {
  try {
    const { alg, crit } = decodeProtectedHeader(token);
    const { iss } = decodeJwt(token);
    if (crit !== undefined)
      throw new TokenRefusal('The token needs what is not known here (crit).');
    if (typeof alg !== 'string' || alg.toLowerCase() === 'none') {
      throw new TokenRefusal('The token is not signed.');
    }
    return { alg, iss };
  } catch (error) {
    if (error instanceof TokenRefusal) throw error;
    if (error instanceof errors.JOSEError || error instanceof TypeError) {
      throw new TokenRefusal('The token cannot be read: it is no JSON Web Token.', {
        cause: error,
      });
    }
    throw error;
  }
}
