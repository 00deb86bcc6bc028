import { MILLISECONDS } from './duration.js';
import { ConfigError, type Environment, text } from './environment.js';

/** How far a replica may be behind: by time, or by what was written meanwhile. */
export type MaxReplicaLag = { readonly ms: number } | { readonly bytes: number };

const BYTES: Readonly<Record<string, number>> = { kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** A whole number and a unit, as PostgreSQL's own settings have them. */
export function maxReplicaLag(env: Environment): MaxReplicaLag {
  const value = text(env, 'CDB_MAX_REPLICA_LAG') ?? '10s';
  const [, digits = '', unit = ''] = /^(\d{1,9}) ?(\w+)$/.exec(value) ?? [];
  const ms = MILLISECONDS[unit];
  if (ms !== undefined) return { ms: Number(digits) * ms };
  const bytes = BYTES[unit];
  if (bytes !== undefined) return { bytes: Number(digits) * bytes };
  throw new ConfigError(
    `CDB_MAX_REPLICA_LAG is "${value}", but must be a whole number and a unit: ` +
      `${[...Object.keys(MILLISECONDS), ...Object.keys(BYTES)].join(', ')}.`,
  );
}
