import { ConfigError, type Environment, text } from './environment.js';
import { isLoopback } from './loopback.js';

/** Somebody whose signed tokens are good here. */
export interface IssuerConfig {
  /** Exactly as in `iss`. */
  readonly issuer: string;
  /** What `aud` must have one of. */
  readonly audiences: readonly string[];
  /** What its tokens may be signed with. */
  readonly algorithms: readonly string[];
}

const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];

/**
 * Reads `<issuer> <audience> … [alg=RS256 …], <issuer> …`.
 * @throws ConfigError naming what is wrong with which issuer
 */
export function readIssuers(env: Environment): IssuerConfig[] {
  const issuers = (text(env, 'CDB_OIDC_ISSUERS') ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map(readIssuer);
  const names = issuers.map(({ issuer }) => issuer);
  const twice = names.find((name, position) => names.indexOf(name) !== position);
  if (twice !== undefined) refuse(`names ${twice} twice`);
  return issuers;
}

function readIssuer(entry: string): IssuerConfig {
  const [issuer = '', ...words] = entry.split(/\s+/);
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  const safe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url === undefined || !safe) refuse(`has the issuer "${issuer}", which is no https URL`);
  if (url.search !== '' || url.hash !== '' || url.username !== '') {
    refuse(`has an issuer with a user, a query or a fragment at ${url.host}`);
  }
  const audiences = words.filter((word) => !word.startsWith('alg='));
  if (audiences.length === 0) refuse(`has no audience for ${issuer}`);
  const named = words.filter((word) => word.startsWith('alg=')).map((word) => word.slice(4));
  const unknown = named.find((algorithm) => !ALGORITHMS.includes(algorithm));
  if (unknown !== undefined) refuse(`has the algorithm "${unknown}" for ${issuer}`);
  return { issuer, audiences, algorithms: named.length > 0 ? named : ALGORITHMS };
}

function refuse(what: string): never {
  throw new ConfigError(
    `CDB_OIDC_ISSUERS ${what}: write "https://issuer audience", several with commas between them, ` +
      `each with alg=… (${ALGORITHMS.join(', ')}) if it signs with one of these only.`,
  );
}
