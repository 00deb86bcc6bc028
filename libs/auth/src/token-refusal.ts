/** Why a token is not taken. */
export class TokenRefusal extends Error {
  override readonly name = 'TokenRefusal';

  constructor(
    /** One sentence for whoever sent it; it never repeats the token. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}

/** The keys of an issuer cannot be had at the moment: nothing is known against the token. */
export class IssuerUnavailable extends Error {
  override readonly name = 'IssuerUnavailable';

  constructor(
    readonly issuer: string,
    options?: ErrorOptions,
  ) {
    super(`The keys of ${issuer} cannot be had.`, options);
  }
}
