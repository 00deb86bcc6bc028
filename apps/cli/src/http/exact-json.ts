import { parse, stringify } from 'lossless-json';

/** Whether any number in the text may have more digits than a double holds. */
const LONG_NUMBER = /\d{16}/;

/**
 * Parses JSON with integers exact: those beyond 2^53 become bigint.
 * @throws SyntaxError for text that is not JSON
 */
export function parseJson(text: string): unknown {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text) as unknown;
  return parse(text, undefined, {
    parseNumber(digits) {
      const value = Number(digits);
      return Number.isSafeInteger(value) || !/^-?\d+$/.test(digits) ? value : BigInt(digits);
    },
  });
}

/** JSON text with bigint as numbers. */
export function writeJson(value: unknown, indent?: number): string {
  return stringify(value, undefined, indent) ?? 'null';
}
