/** Who a token speaks for. */
export interface Identity {
  /** The claim `sub`; null where a shared-secret token has none. */
  readonly subject: string | null;
  /** Whose signature was checked: an issuer, or {@link SHARED_SECRET} where a secret has no other name. */
  readonly issuer: string;
  /** When the token ends; null: never. */
  readonly expires: Date | null;
  /** Everything the token says. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The issuer of tokens that are signed with the shared secret, where CDB_JWT_ISSUER names none. */
export const SHARED_SECRET = 'shared-secret';
