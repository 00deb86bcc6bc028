import { parse, stringify } from 'lossless-json';

/** A JSON object of an answer. */
export type JsonObject = Record<string, unknown>;

/** Parses JSON exactly: an integer that a number cannot hold becomes a bigint. */
export function parseExactly(text: string): unknown {
  return parse(text, undefined, {
    parseNumber: (digits) => {
      const value = Number(digits);
      return /^-?\d+$/.test(digits) && !Number.isSafeInteger(value) ? BigInt(digits) : value;
    },
  });
}

/** Writes JSON with each bigint as the number it is. */
export function writeExactly(value: unknown): string {
  return stringify(value) ?? 'null';
}
