import { JwtService } from '@nestjs/jwt';
import { bearerToken, type Identity, IssuerUnavailable, TokenRefusal, TokenVerifier } from '#auth';
import { type AuthConfig } from '#config';
import { Problem } from '#problems';
import { challenge } from './challenge.js';

/** Finds out who asks. */
export class Authenticator {
  private readonly verifier: TokenVerifier | undefined;

  constructor(config: AuthConfig, warn: (message: string) => void) {
    if (!config.enforced) return;
    const { sharedSecret, issuers, clockSkewS } = config;
    this.verifier = new TokenVerifier({
      sharedSecret:
        sharedSecret === null ? null : { ...sharedSecret, verify: signedWith(sharedSecret.secret) },
      issuers,
      clockSkewS,
      warn,
    });
  }

  /**
   * @returns null where there is no token, or nobody is asked for one
   * @throws Problem unauthenticated with the reason, issuer-unavailable
   */
  async identify(authorization: string | undefined): Promise<Identity | null> {
    if (this.verifier === undefined) return null;
    try {
      const token = bearerToken(authorization);
      return token === undefined ? null : await this.verifier.identify(token);
    } catch (error) {
      throw problemOf(error);
    }
  }
}

/** Only the signature is checked here; all tokens are then held to the same rules. */
function signedWith(secret: string): (token: string) => Promise<Record<string, unknown>> {
  const jwt = new JwtService({ secret });
  return (token) =>
    jwt.verifyAsync<Record<string, unknown>>(token, {
      algorithms: ['HS256'],
      ignoreExpiration: true,
      ignoreNotBefore: true,
    });
}

function problemOf(error: unknown): unknown {
  if (error instanceof TokenRefusal) {
    return new Problem('unauthenticated', error.reason, [], {
      cause: error,
      challenge: challenge('invalid_token', error.reason),
    });
  }
  if (error instanceof IssuerUnavailable) {
    return new Problem(
      'issuer-unavailable',
      `The token cannot be checked at the moment: the keys of ${error.issuer} cannot be had. Try again in a minute.`,
      [],
      { cause: error },
    );
  }
  return error;
}
