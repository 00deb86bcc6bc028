import { parse as losslessParse, stringify } from 'lossless-json';
import { scan } from 'secure-json-parse';
import { Problem } from '#problems';
import { mayBeInexact } from './json-survey.js';

/** JSON text that PostgreSQL has written already; it is sent as it is. */
export class JsonText {
  constructor(readonly text: string) {}
}

/** Only such text can name a prototype, plainly or escaped. */
const MAY_NAME_PROTOTYPE = /__proto__|constructor|\\u/;
/** Integers of more digits are in no range, and take long to read. */
const INTEGER = /^-?\d{1,40}$/;

/**
 * Parses JSON with integers exact: those that a number cannot hold become bigint. The last of two
 * equal keys counts, as with JSON.parse.
 * @throws SyntaxError for text that is not JSON or sets a prototype
 * @throws Problem invalid-request, body-too-large for more than any request needs, and for a
 *   fraction so near to an integer that a number cannot tell them apart
 */
export function parseJson(text: string): unknown {
  const inexact = mayBeInexact(text);
  const value = JSON.parse(text) as unknown;
  if (typeof value === 'object' && value !== null && MAY_NAME_PROTOTYPE.test(text)) {
    scan(value, { protoAction: 'error', constructorAction: 'error' });
  }
  if (!inexact) return value;
  return losslessParse(text, undefined, {
    parseNumber: exactNumber,
    onDuplicateKey: ({ newValue }) => newValue,
  });
}

function exactNumber(text: string): number | bigint {
  const value = Number(text);
  if (Number.isSafeInteger(value)) {
    if (isInteger(text)) return value;
    throw new Problem(
      'invalid-request',
      `The number ${text.slice(0, 40)} is no integer, but too near to one to be kept apart.`,
    );
  }
  return INTEGER.test(text) ? BigInt(text) : value;
}

/** Whether a number as it is written is an integer: no digit but 0 comes after the point. */
function isInteger(text: string): boolean {
  const [digits = '', exponent = '0'] = text.replace(/^-/, '').toLowerCase().split('e');
  const [whole = '', fraction = ''] = digits.split('.');
  const mantissa = whole + fraction;
  let last = mantissa.length - 1;
  while (last >= 0 && mantissa.charAt(last) === '0') last--;
  return last < 0 || last < whole.length + Number(exponent);
}

/** Writes JSON with bigint as a number; text that is JSON already passes through. */
export function writeJson(value: unknown): string {
  return value instanceof JsonText ? value.text : (stringify(value) ?? 'null');
}
