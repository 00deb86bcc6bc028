import { INT64_MAX } from '#iov';

/** What is wrong with a value, the most basic thing first; undefined where nothing is. */
type FieldCheck = string | undefined;

export const REQUIRED = 'This field is required.';
export const NULL = 'This field may not be null.';
export const UNKNOWN = 'There is no such field.';

/** Half of a pair: no character, so that PostgreSQL's text cannot hold it, just as NUL. */
const LONE_SURROGATE = /\p{Cs}/u;

export interface TextLimits {
  /** How many characters at most; 255 unless said. */
  max?: number;
  /** May be empty. */
  blank?: boolean;
}

export function textError(value: unknown, { max = 255, blank }: TextLimits = {}): FieldCheck {
  if (typeof value !== 'string') return 'Not a valid string.';
  if (value === '' && blank !== true) return 'This field may not be blank.';
  if (isLonger(value, max)) return `Ensure this field has no more than ${max} characters.`;
  if (value.includes('\0')) return 'Null characters are not allowed.';
  const surrogate = LONE_SURROGATE.exec(value)?.[0].codePointAt(0)?.toString(16).toUpperCase();
  if (surrogate === undefined) return undefined;
  return `Surrogate characters are not allowed: U+${surrogate}.`;
}

/** Characters are counted as PostgreSQL counts them: one that takes two units of a string is one. */
function isLonger(value: string, max: number): boolean {
  return value.length > max && (value.length > 2 * max || Array.from(value).length > max);
}

/** The value must be a bigint from 0 to 2^63-1. */
export function int64Error(value: unknown): FieldCheck {
  if (typeof value !== 'bigint') return 'A valid integer is required.';
  return rangeError(value, { min: 0, max: INT64_MAX });
}

export function wholeError(value: unknown, range: { min: number; max: number }): FieldCheck {
  if (typeof value !== 'number' || !Number.isInteger(value)) return 'A valid integer is required.';
  return rangeError(value, range);
}

function rangeError(
  value: number | bigint,
  { min, max }: { min: number | bigint; max: number | bigint },
): FieldCheck {
  if (value < min) return `Ensure this value is greater than or equal to ${min}.`;
  if (value > max) return `Ensure this value is less than or equal to ${max}.`;
  return undefined;
}
