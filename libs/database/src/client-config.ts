import { type ClientConfig } from 'pg';
import { type DatabaseConnection } from './database-connection.js';

/** What node-postgres needs to open a connection. */
export function clientConfig({ tls, ...where }: DatabaseConnection): ClientConfig {
  if (tls === undefined) return where;
  const { verify, ca } = tls;
  return {
    ...where,
    ssl: {
      rejectUnauthorized: verify !== 'nothing',
      ...(ca === undefined ? {} : { ca }),
      ...(verify === 'certificate' ? { checkServerIdentity: () => undefined } : {}),
    },
  };
}
