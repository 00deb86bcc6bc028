import { readFileSync } from 'node:fs';
import { ConfigError } from './environment.js';

/** Where a PostgreSQL server listens and who we are to it. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Absent: not encrypted. */
  readonly tls?: Tls;
}

export interface Tls {
  /** Nothing, that its certificate is signed by who we trust, or also that it is for this host. */
  readonly verify: 'nothing' | 'certificate' | 'certificate and host';
  /** Whom we trust, PEM; absent: whom Node.js trusts. */
  readonly ca?: string;
}

export const PORTS = { min: 1, max: 65_535 };

const MODES = ['disable', 'require', 'verify-ca', 'verify-full'];

/**
 * What PostgreSQL's own clients mean by `sslmode` and `sslrootcert`. Their `allow` and `prefer`, which
 * go on without encryption where there is none, are refused.
 * @param name of the variable, for the refusal
 * @param rootCert a PEM file
 * @throws ConfigError
 */
export function tlsOf(
  name: string,
  mode: string | undefined,
  rootCert: string | undefined,
): { tls?: Tls } {
  if (mode === undefined && rootCert !== undefined) {
    throw new ConfigError(
      `${name} is not set, but there is a file of certificates to trust: set it to verify-full or verify-ca.`,
    );
  }
  if (mode === 'allow' || mode === 'prefer') {
    throw new ConfigError(
      `${name} is "${mode}", which encrypts nothing where the server does not offer it: ` +
        'choose disable, or require.',
    );
  }
  if (mode !== undefined && !MODES.includes(mode)) {
    throw new ConfigError(`${name} is "${mode}", but must be one of: ${MODES.join(', ')}.`);
  }
  if (mode === undefined || mode === 'disable') return {};
  const ca = rootCert === undefined ? {} : { ca: certificates(name, rootCert) };
  if (mode === 'verify-full') return { tls: { verify: 'certificate and host', ...ca } };
  // With certificates to trust, `require` checks them as well.
  const checked = mode === 'verify-ca' || rootCert !== undefined;
  return { tls: { verify: checked ? 'certificate' : 'nothing', ...ca } };
}

function certificates(name: string, file: string): string {
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`The certificates beside ${name} cannot be read: ${reason}.`);
  }
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
    throw new ConfigError(`The file ${file} beside ${name} holds no certificate (PEM).`);
  }
  return pem;
}
