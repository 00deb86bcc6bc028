import { Problem } from '#problems';

/** More than any field of a row, and few enough for work that grows with their square. */
const MAX_FIELDS = 100;
/** Twenty for each row of the largest load. */
const MAX_VALUES = 1_000_000;
const MAX_DEPTH = 32;

/** A number of up to 15 digits without an exponent is exact in JavaScript. */
const MAX_EXACT_LENGTH = 15;
const EXPONENT = /e/i;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** What is not counted stands in for lists, which may be long. */
const LIST = -1;

/**
 * Looks over JSON text before anything is built of it: what would cost more memory or time than any
 * request needs is refused at once. Text that is not JSON passes, or is refused for its size.
 * @returns whether a number in it may be more than a JavaScript number can hold
 * @throws Problem invalid-request, body-too-large
 */
export function mayBeInexact(text: string): boolean {
  /** For each object that is open: how many fields it has. */
  const open: number[] = [];
  let values = 1;
  let inexact = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    switch (code) {
      case QUOTE:
        i = endOfString(text, i);
        break;
      case OPEN_OBJECT:
      case OPEN_LIST:
        if (open.length === MAX_DEPTH) {
          throw new Problem('invalid-request', 'The body is nested too deeply.');
        }
        open.push(code === OPEN_LIST ? LIST : 1);
        values++;
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        open.pop();
        break;
      case COMMA:
        countField(open);
        values++;
        break;
      default:
        if (code === MINUS || (code >= ZERO && code <= NINE)) {
          const end = endOfNumber(text, i);
          inexact ||= end - i > MAX_EXACT_LENGTH || EXPONENT.test(text.slice(i, end));
          i = end - 1;
        }
    }
    if (values > MAX_VALUES) {
      throw new Problem(
        'body-too-large',
        `The body holds more than ${MAX_VALUES} values: send it in smaller pieces.`,
      );
    }
  }
  return inexact;
}

function countField(open: number[]): void {
  const last = open.length - 1;
  const fields = open[last];
  if (fields === undefined || fields === LIST) return;
  if (fields === MAX_FIELDS) {
    throw new Problem(
      'invalid-request',
      `An object in the body has more than ${MAX_FIELDS} fields.`,
    );
  }
  open[last] = fields + 1;
}

function endOfString(text: string, start: number): number {
  let i = start + 1;
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) break;
    if (code === BACKSLASH) i++;
  }
  return i;
}

const NUMBER_END = /[^\d.eE+-]|$/g;

function endOfNumber(text: string, start: number): number {
  NUMBER_END.lastIndex = start;
  return NUMBER_END.exec(text)?.index ?? text.length;
}
