/**
 * What a part of an answer looks like. Checked as it is read: a server that is none of ours, or of
 * another time, is noticed there and not by an `undefined` in a table.
 * Fields that are not named are let through.
 */
export type Shape<T> = (value: unknown, where: string) => T;

/** The type that a shape describes. */
export type Shaped<S> = S extends Shape<infer T> ? T : never;

/** An answer does not have the shape that it should have. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

function kind<T>(what: string, holds: (value: unknown) => boolean): Shape<T> {
  return (value, where) => {
    if (!holds(value)) throw new ShapeError(`${where} should be ${what}`);
    return value as T;
  };
}

export const text = kind<string>('a text', (value) => typeof value === 'string');
export const flag = kind<boolean>('true or false', (value) => typeof value === 'boolean');
/** What stays below 2^53. */
export const count = kind<number>('a number', (value) => typeof value === 'number');
/** Anything, not looked at. */
export const anything: Shape<unknown> = (value) => value;

/** An integer of 64 bits. */
export const integer: Shape<bigint> = (value, where) => {
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) {
    throw new ShapeError(`${where} should be an integer`);
  }
  return BigInt(value as bigint | number);
};

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value, where) => (value === null ? null : shape(value, where));
}

export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value, where) => (value === undefined ? undefined : shape(value, where));
}

export function list<T>(shape: Shape<T>): Shape<T[]> {
  return (value, where) => {
    if (!Array.isArray(value)) throw new ShapeError(`${where} should be a list`);
    return value.map((item, index) => shape(item, `${where}[${index}]`));
  };
}

export function object<S extends Record<string, Shape<unknown>>>(
  shapes: S,
): Shape<{ [K in keyof S]: Shaped<S[K]> }> {
  return (value, where) => {
    const fields = asObject(value, where);
    const entries = Object.entries(shapes).map(([name, shape]) => [
      name,
      shape(fields[name], `${where}.${name}`),
    ]);
    return { ...fields, ...Object.fromEntries(entries) } as { [K in keyof S]: Shaped<S[K]> };
  };
}

/** An object whose names are not known beforehand. */
export function dictionary<T>(shape: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return (value, where) =>
    Object.fromEntries(
      Object.entries(asObject(value, where)).map(([name, item]) => [
        name,
        shape(item, `${where}.${name}`),
      ]),
    );
}

function asObject(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ShapeError(`${where} should be an object`);
  }
  return value as Record<string, unknown>;
}
