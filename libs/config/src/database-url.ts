import { type DatabaseAddress, tlsOf } from './database-address.js';
import { ConfigError } from './environment.js';

const SCHEMES = ['postgres:', 'postgresql:'];
const PARAMETERS = ['sslmode', 'sslrootcert'];

/**
 * An address as PostgreSQL's clients write it: `postgresql://user:password@host:5432/database`, with
 * `?sslmode=…&sslrootcert=…`. What is absent is taken from another address, if there is one. The
 * refusal does not repeat the value, which may hold a password.
 * @throws ConfigError
 */
export function addressOfUrl(
  name: string,
  text: string,
  otherwise?: DatabaseAddress,
): DatabaseAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOne = url !== undefined && url.hostname !== '' && !url.hostname.includes(',');
  if (!isOne || !SCHEMES.includes(url.protocol)) {
    throw new ConfigError(
      `${name} is not an address like postgresql://user:password@host:5432/database.`,
    );
  }
  const unknown = [...url.searchParams.keys()].find((key) => !PARAMETERS.includes(key));
  if (unknown !== undefined) {
    throw new ConfigError(
      `${name} has the parameter "${unknown}", but only ${PARAMETERS.join(' and ')} are known.`,
    );
  }
  const part = (text: string, what: 'database' | 'user'): string => {
    const value = decoded(name, text) || otherwise?.[what];
    if (value === undefined) throw new ConfigError(`${name} names no ${what}.`);
    return value;
  };
  const hasTls = PARAMETERS.some((key) => url.searchParams.has(key));
  const tls = hasTls
    ? tlsOf(
        `sslmode in ${name}`,
        url.searchParams.get('sslmode') ?? undefined,
        url.searchParams.get('sslrootcert') ?? undefined,
      )
    : { ...(otherwise?.tls === undefined ? {} : { tls: otherwise.tls }) };
  return {
    host: decoded(name, url.hostname).replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (otherwise?.port ?? 5432) : Number(url.port),
    database: part(url.pathname.slice(1), 'database'),
    user: part(url.username, 'user'),
    password: decoded(name, url.password) || (otherwise?.password ?? ''),
    ...tls,
  };
}

function decoded(name: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ConfigError(`${name} is not well encoded: write a % as %25.`);
  }
}
