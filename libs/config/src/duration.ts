import { ConfigError, type Environment, text } from './environment.js';

/** Units of time, milliseconds each, as PostgreSQL's own settings have them. */
export const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
};

/** A time in milliseconds, written as a whole number and a unit; 0 where nothing or `0` is written. */
export function duration(env: Environment, name: string): number {
  const value = text(env, name) ?? '0';
  if (value === '0') return 0;
  const [, digits = '', unit = ''] = /^(\d{1,9}) ?(\w+)$/.exec(value) ?? [];
  const ms = MILLISECONDS[unit];
  if (ms !== undefined) return Number(digits) * ms;
  throw new ConfigError(
    `${name} is "${value}", but must be 0 or a whole number and a unit: ${Object.keys(MILLISECONDS).join(', ')}.`,
  );
}
