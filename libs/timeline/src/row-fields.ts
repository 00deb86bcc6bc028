/** Fields of a row. */
export const FIELDS = 9;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const COMMA = 0x2c;

/**
 * Finds the nine JSON values of the row that begins at `at`: `bounds[2 * i]` to before
 * `bounds[2 * i + 1]` is value number i. White space around them is left out.
 * @returns what follows the row
 * @throws TypeError if there is no array of nine strings, numbers and literals
 */
export function findFields(bytes: Uint8Array, at: number, bounds: Uint32Array): number {
  let i = skipSpace(bytes, at);
  let delimiter = OPEN;
  for (let field = 0; field < FIELDS; field++) {
    if (bytes[i] !== delimiter) throw new TypeError(`field ${field + 1} of a row is not there`);
    const begin = skipSpace(bytes, i + 1);
    const end = bytes[begin] === QUOTE ? endOfString(bytes, begin) : endOfLiteral(bytes, begin);
    bounds[2 * field] = begin;
    bounds[2 * field + 1] = end;
    i = skipSpace(bytes, end);
    delimiter = COMMA;
  }
  if (bytes[i] !== CLOSE) throw new TypeError('a row has more than nine fields');
  return i + 1;
}

/** Behind the closing quote of the string that begins at `at`. */
function endOfString(bytes: Uint8Array, at: number): number {
  for (let i = at + 1; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) return i + 1;
    if (byte === BACKSLASH) i++;
  }
  throw new TypeError('a string in a row has no end');
}

function endOfLiteral(bytes: Uint8Array, at: number): number {
  let i = at;
  while (i < bytes.length && isLiteral(bytes[i] ?? 0)) i++;
  if (i === at) throw new TypeError('a field of a row is empty');
  return i;
}

/** Digits, sign, point and letters: none of what ends a number, null, true or false. */
function isLiteral(byte: number): boolean {
  return byte !== COMMA && byte !== CLOSE && byte > 0x20;
}

function skipSpace(bytes: Uint8Array, at: number): number {
  let i = at;
  while (i < bytes.length && (bytes[i] ?? 0) <= 0x20) i++;
  return i;
}
