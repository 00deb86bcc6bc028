import { choice, ConfigError, type Environment, flag, text, whole } from './environment.js';
import { type IssuerConfig, readIssuers } from './oidc-issuers.js';
import { readSharedSecret, type SharedSecretConfig } from './shared-secret.js';

/** Who may decide about rights: one of ours by its name, or a module of the operator's own. */
export type PolicyChoice = 'allow-all' | 'belle2' | 'scopes' | { readonly module: string };

export interface AuthConfig {
  /** Whether whoever writes must show a token. */
  readonly enforced: boolean;
  /** Whether the operator has said so, one way or the other, rather than left it to the address. */
  readonly decided: boolean;
  readonly readsNeedToken: boolean;
  /** Tokens signed with a shared secret (HS256); null: none are taken. */
  readonly sharedSecret: SharedSecretConfig | null;
  readonly issuers: readonly IssuerConfig[];
  /** How far clocks may be apart, seconds. */
  readonly clockSkewS: number;
  readonly policy: PolicyChoice;
  /** The roles of the policy `scopes`. */
  readonly policyFile: string | null;
}

const REFERENCE_AUTH_CLASS = 'cdb_rest.authentication.CustomJWTAuthentication';

/** The reference's names, and ours. */
const POLICIES: ReadonlyMap<string, PolicyChoice> = new Map([
  ['cdb_rest.permissions_plugins.dummy.DummyPermissionPlugin', 'allow-all'],
  ['cdb_rest.permissions_plugins.belle2.Belle2PermissionPlugin', 'belle2'],
  ['allow-all', 'allow-all'],
  ['belle2', 'belle2'],
  ['scopes', 'scopes'],
]);
const MODULE = /\.(js|mjs|ts|mts)$/;

const READS = ['open', 'required'] as const;

/** @throws ConfigError also where the operator asks for protection that would not be there */
export function readAuth(env: Environment): AuthConfig {
  const named = authClass(env);
  const issuers = readIssuers(env);
  const asked = named || issuers.length > 0;
  const decided = asked || text(env, 'CDB_AUTH') !== undefined;
  const enforced = flag(env, 'CDB_AUTH', asked);
  const auth: AuthConfig = {
    enforced,
    decided,
    readsNeedToken: choice(env, 'CDB_READ_AUTH', 'open', READS) === 'required',
    // Beside issuers a secret that was left over must not open a second door.
    sharedSecret:
      named || (enforced && issuers.length === 0 && hasSecret(env)) ? readSharedSecret(env) : null,
    issuers,
    clockSkewS: whole(env, 'CDB_CLOCK_SKEW_S', 30, { min: 0, max: 300 }),
    policy: policyOf(env, issuers),
    policyFile: text(env, 'CDB_POLICY_FILE') ?? null,
  };
  refuseContradictions(auth, asked);
  return auth;
}

function authClass(env: Environment): boolean {
  const named = text(env, 'CDB_AUTH_CLASS');
  if (named === undefined || named === REFERENCE_AUTH_CLASS) return named !== undefined;
  throw new ConfigError(
    `CDB_AUTH_CLASS is "${named}", but must be ${REFERENCE_AUTH_CLASS}, or not set.`,
  );
}

function hasSecret(env: Environment): boolean {
  return text(env, 'JWT_SECRET') !== undefined;
}

function policyOf(env: Environment, issuers: readonly IssuerConfig[]): PolicyChoice {
  const named = text(env, 'CDB_PERMISSION_PLUGIN_CLASS');
  if (named === undefined) {
    if (issuers.length === 0) return 'allow-all';
    throw new ConfigError(
      'CDB_OIDC_ISSUERS is set, but not CDB_PERMISSION_PLUGIN_CLASS: say who of all the people of ' +
        'these issuers may write (scopes, belle2, a module of your own, or allow-all).',
    );
  }
  const known = POLICIES.get(named) ?? (MODULE.test(named) ? { module: named } : undefined);
  if (known !== undefined) return known;
  throw new ConfigError(
    `CDB_PERMISSION_PLUGIN_CLASS is "${named}", but must be one of ${[...POLICIES.keys()].join(', ')}, ` +
      'or the path of a module (.js, .mjs, .ts).',
  );
}

/** An operator who asked for protection must not get a server that silently has none. */
function refuseContradictions(auth: AuthConfig, asked: boolean): void {
  if (auth.policyFile !== null && auth.policy !== 'scopes') {
    throw new ConfigError(
      'CDB_POLICY_FILE is set, but only CDB_PERMISSION_PLUGIN_CLASS=scopes reads it.',
    );
  }
  if (!auth.enforced) {
    const meant = [
      [asked, 'CDB_AUTH_CLASS or CDB_OIDC_ISSUERS says how people are known'],
      [auth.readsNeedToken, 'CDB_READ_AUTH is "required"'],
      [auth.policy !== 'allow-all', 'CDB_PERMISSION_PLUGIN_CLASS says who may write'],
    ] as const;
    const [, asks] = meant.find(([so]) => so) ?? [];
    if (asks === undefined) return;
    throw new ConfigError(
      `${asks}, but nobody is asked for a token: set CDB_AUTH_CLASS=${REFERENCE_AUTH_CLASS} and ` +
        'JWT_SECRET, or CDB_OIDC_ISSUERS, and do not set CDB_AUTH=off.',
    );
  }
  if (auth.sharedSecret === null && auth.issuers.length === 0) {
    throw new ConfigError(
      'CDB_AUTH is on, but nothing says whose tokens are good: set JWT_SECRET or CDB_OIDC_ISSUERS.',
    );
  }
  const own = auth.sharedSecret?.issuer;
  if (auth.issuers.some(({ issuer }) => issuer === own)) {
    throw new ConfigError(
      `CDB_JWT_ISSUER is "${String(own)}", which CDB_OIDC_ISSUERS names too: whoever has the secret ` +
        'could speak for that issuer.',
    );
  }
}
