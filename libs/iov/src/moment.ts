/**
 * A point of experiment time: ordered by `major`, then by `minor`. Both are int64 from 0 to 2^63-1;
 * what they count is the experiment's affair (run, timestamp, experiment number).
 */
export interface Moment {
  readonly major: bigint;
  readonly minor: bigint;
}

/** 2^63-1, the largest part a moment can have. */
export const INT64_MAX = 9223372036854775807n;

/** As the end of an interval: open, every later moment is included. It is also the last moment. */
export const OPEN_END: Moment = Object.freeze({ major: INT64_MAX, minor: INT64_MAX });

/** (0, 0): no moment is earlier. */
export const FIRST_MOMENT: Moment = Object.freeze({ major: 0n, minor: 0n });

/** Below 0 if `a` is earlier than `b`, 0 if they are the same moment, above 0 if `a` is later. */
export function compareMoments(a: Moment, b: Moment): number {
  if (a.major !== b.major) return a.major < b.major ? -1 : 1;
  if (a.minor !== b.minor) return a.minor < b.minor ? -1 : 1;
  return 0;
}

export function sameMoment(a: Moment, b: Moment): boolean {
  return a.minor === b.minor && a.major === b.major;
}

export function isOpenEnd(m: Moment): boolean {
  return m.major === INT64_MAX && m.minor === INT64_MAX;
}

/**
 * The next moment: (M, m+1), or (M+1, 0) where m is 2^63-1.
 *
 * @throws RangeError for the last moment, {@link OPEN_END}.
 */
export function successor(m: Moment): Moment {
  if (m.minor < INT64_MAX) return { major: m.major, minor: m.minor + 1n };
  if (m.major < INT64_MAX) return { major: m.major + 1n, minor: 0n };
  throw new RangeError('no moment is later than (2^63-1, 2^63-1)');
}

/**
 * The moment before: (M, m-1), or (M-1, 2^63-1) where m is 0.
 *
 * @throws RangeError for {@link FIRST_MOMENT}.
 */
export function predecessor(m: Moment): Moment {
  if (m.minor > 0n) return { major: m.major, minor: m.minor - 1n };
  if (m.major > 0n) return { major: m.major - 1n, minor: INT64_MAX };
  throw new RangeError('no moment is earlier than (0, 0)');
}

/**
 * `comb_iov` of the wire and the tables: major + minor/10^19 as decimal text with 19 decimals,
 * exact, because a minor has at most 19 digits.
 */
export function combIov(m: Moment): string {
  return `${m.major}.${m.minor.toString().padStart(19, '0')}`;
}

/** The part of a moment that `text` writes in decimal digits; undefined if it is anything else. */
export function parseInt64(text: string): bigint | undefined {
  // Bounded before it is converted: a megabyte of digits must not reach BigInt().
  const digits = /^0*(\d{1,19})$/.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const value = BigInt(digits);
  return value <= INT64_MAX ? value : undefined;
}

/** "(0, 1000)" for people; {@link OPEN_END} is "open". */
export function formatMoment(m: Moment): string {
  return isOpenEnd(m) ? 'open' : `(${m.major}, ${m.minor})`;
}
