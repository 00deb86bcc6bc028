import { describe, expect, it } from '@jest/globals';
import {
  effectiveAt,
  endExclusive,
  formatInterval,
  includes,
  INT64_MAX,
  isValidInterval,
  latestStart,
  type Moment,
  OPEN_END,
} from './index.js';

const at = (minor: bigint, major = 0n): Moment => ({ major, minor });
const tenToTwenty = { start: at(10n), end: at(20n) };
const reversed = { start: at(20n), end: at(10n) };
const empty = { start: at(10n), end: at(10n) };
const open = { start: at(10n), end: OPEN_END };

describe('an interval', () => {
  it('is half-open in continuous mode, closed in discrete mode', () => {
    const inside = (moment: Moment) =>
      (['continuous', 'discrete'] as const).map((mode) => includes(tenToTwenty, moment, mode));
    expect(inside(at(9n))).toEqual([false, false]);
    expect(inside(at(10n))).toEqual([true, true]);
    expect(inside(at(19n))).toEqual([true, true]);
    expect(inside(at(20n))).toEqual([false, true]);
    expect(inside(at(21n))).toEqual([false, false]);
  });

  it('includes the last moment if it is open', () => {
    expect(includes(open, OPEN_END, 'continuous')).toBe(true);
    expect(includes(open, OPEN_END, 'discrete')).toBe(true);
    expect(includes(open, at(9n), 'continuous')).toBe(false);
  });

  it('starts before its end', () => {
    expect(isValidInterval(tenToTwenty, 'continuous')).toBe(true);
    expect(isValidInterval(empty, 'continuous')).toBe(false);
    expect(isValidInterval(empty, 'discrete')).toBe(true);
    expect(isValidInterval(reversed, 'discrete')).toBe(false);
    expect(isValidInterval({ start: OPEN_END, end: OPEN_END }, 'continuous')).toBe(false);
    expect(isValidInterval({ start: OPEN_END, end: OPEN_END }, 'discrete')).toBe(true);
  });

  it('has parts from 0 to 2^63-1', () => {
    expect(isValidInterval({ start: at(-1n), end: OPEN_END }, 'continuous')).toBe(false);
    expect(isValidInterval({ start: at(0n, -1n), end: OPEN_END }, 'continuous')).toBe(false);
    expect(isValidInterval({ start: at(0n), end: at(INT64_MAX + 1n) }, 'continuous')).toBe(false);
    expect(isValidInterval({ start: at(0n), end: at(INT64_MAX) }, 'continuous')).toBe(true);
  });

  it('has a first moment after it', () => {
    expect(endExclusive(tenToTwenty, 'continuous')).toEqual(at(20n));
    expect(endExclusive(tenToTwenty, 'discrete')).toEqual(at(21n));
    expect(endExclusive(open, 'discrete')).toBeNull();
    const lastButOne = { start: at(10n), end: at(INT64_MAX - 1n, INT64_MAX) };
    expect(endExclusive(lastButOne, 'discrete')).toEqual(OPEN_END);
    expect(endExclusive({ ...open, end: at(INT64_MAX) }, 'discrete')).toEqual(at(0n, 1n));
  });

  it('is written for people', () => {
    expect(formatInterval(tenToTwenty, 'continuous')).toBe('[(0, 10), (0, 20))');
    expect(formatInterval(tenToTwenty, 'discrete')).toBe('[(0, 10), (0, 20)]');
    expect(formatInterval(open, 'discrete')).toBe('[(0, 10), open)');
  });
});

describe('the payload of a list at a moment', () => {
  const list = [
    { id: 3n, ...tenToTwenty, start: at(15n) },
    { id: 1n, start: at(0n), end: OPEN_END },
    { id: 4n, ...reversed, start: at(30n) },
    { id: 2n, start: at(15n), end: OPEN_END },
  ];

  it('has the latest start, whatever its end; of several with one start the highest id', () => {
    expect(latestStart(list, at(14n))?.id).toBe(1n);
    expect(latestStart(list, at(15n))?.id).toBe(3n);
    expect(latestStart(list, at(29n))?.id).toBe(3n);
    expect(latestStart(list, OPEN_END)?.id).toBe(4n);
    expect(latestStart([], at(14n))).toBeUndefined();
  });

  it('answers up to its end; earlier ones are not searched', () => {
    expect(effectiveAt(list, at(14n), 'continuous')?.id).toBe(1n);
    expect(effectiveAt(list, at(19n), 'continuous')?.id).toBe(3n);
    expect(effectiveAt(list, at(20n), 'continuous')).toBeUndefined();
    expect(effectiveAt(list, at(20n), 'discrete')?.id).toBe(3n);
    expect(effectiveAt(list, at(30n), 'discrete')).toBeUndefined();
  });
});
