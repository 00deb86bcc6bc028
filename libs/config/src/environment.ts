/** A bad value in the environment. Its message names the variable and is one sentence for the operator. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that is set to nothing counts as absent, as in shells and Helm charts. */
export function text(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

export function flag(env: Environment, name: string, fallback: boolean): boolean {
  const value = text(env, name)?.toLowerCase();
  if (value === undefined) return fallback;
  if (['true', '1', 'yes', 'on'].includes(value)) return true;
  if (['false', '0', 'no', 'off'].includes(value)) return false;
  throw new ConfigError(`${name} is "${value}", but must be true or false.`);
}

export function whole(
  env: Environment,
  name: string,
  fallback: number,
  range: { min: number; max: number },
): number {
  const value = text(env, name);
  if (value === undefined) return fallback;
  const parsed = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
  if (parsed >= range.min && parsed <= range.max) return parsed;
  throw new ConfigError(
    `${name} is "${value}", but must be a whole number from ${range.min} to ${range.max}.`,
  );
}

export function choice<T extends string>(
  env: Environment,
  name: string,
  fallback: T,
  choices: readonly T[],
): T {
  const value = text(env, name);
  if (value === undefined) return fallback;
  const found = choices.find((each) => each === value);
  if (found !== undefined) return found;
  throw new ConfigError(`${name} is "${value}", but must be one of: ${choices.join(', ')}.`);
}

/** Several values, between commas or blanks, each of which `isValid`; none if the variable is not set. */
export function list(
  env: Environment,
  name: string,
  isValid: (value: string) => boolean,
  what: string,
): readonly string[] {
  const values =
    text(env, name)
      ?.split(/[\s,]+/)
      .filter((value) => value !== '') ?? [];
  const wrong = values.find((value) => !isValid(value));
  if (wrong === undefined) return values;
  throw new ConfigError(`${name} has "${wrong}", but each part of it must be ${what}.`);
}
