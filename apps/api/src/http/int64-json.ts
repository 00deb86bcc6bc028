import { parse as losslessParse, stringify } from 'lossless-json';
import { scan } from 'secure-json-parse';

/** JSON text that PostgreSQL has written already; it is sent as it is. */
export class JsonText {
  constructor(readonly text: string) {}
}

const MAX_DEPTH = 32;

/** Integers of up to 15 digits are exact as JavaScript numbers. */
const MAY_BE_INEXACT = /\d{16}/;
/** Only such text can name a prototype, plainly or escaped. */
const MAY_NAME_PROTOTYPE = /__proto__|constructor|\\u/;

/**
 * Parses JSON with integers exact: those that a number cannot hold become bigint.
 * @throws SyntaxError for text that is not JSON, repeats a key beside such an integer, or sets a prototype.
 */
export function parseJson(text: string): unknown {
  const value = JSON.parse(text) as unknown;
  refuseDeep(value, MAX_DEPTH);
  if (typeof value === 'object' && value !== null && MAY_NAME_PROTOTYPE.test(text)) {
    scan(value, { protoAction: 'error', constructorAction: 'error' });
  }
  return MAY_BE_INEXACT.test(text)
    ? losslessParse(text, undefined, { parseNumber: exactNumber })
    : value;
}

/** @throws SyntaxError for values nested deeper than any request is */
function refuseDeep(value: unknown, left: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (left === 0) throw new SyntaxError('it is nested too deeply');
  for (const each of Object.values(value)) refuseDeep(each, left - 1);
}

function exactNumber(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) || !/^-?\d+$/.test(text) ? value : BigInt(text);
}

/** Writes JSON with bigint as a number; text that is JSON already passes through. */
export function writeJson(value: unknown): string {
  return value instanceof JsonText ? value.text : (stringify(value) ?? 'null');
}
