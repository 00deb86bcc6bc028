import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  combIov,
  compareMoments,
  FIRST_MOMENT,
  formatMoment,
  INT64_MAX,
  isOpenEnd,
  type Moment,
  OPEN_END,
  parseInt64,
  predecessor,
  sameMoment,
  successor,
} from './index.js';

const edges = fc.constantFrom(0n, 1n, 10n ** 9n, 10n ** 18n, INT64_MAX - 1n, INT64_MAX);
const part = fc.oneof(edges, fc.bigInt({ min: 0n, max: INT64_MAX }));
const moments = fc.record<Moment>({ major: part, minor: part });

describe('a moment', () => {
  it('is ordered by major, then minor, as the tuples of the database are', () => {
    fc.assert(
      fc.property(moments, moments, (a, b) => {
        const difference = (a.major - b.major) * 2n ** 63n + a.minor - b.minor;
        expect(Math.sign(compareMoments(a, b))).toBe(
          difference < 0n ? -1 : difference > 0n ? 1 : 0,
        );
        expect(sameMoment(a, b)).toBe(difference === 0n);
      }),
    );
  });

  it('has a successor right behind it, whose predecessor it is', () => {
    fc.assert(
      fc.property(moments, (m) => {
        fc.pre(!isOpenEnd(m));
        const next = successor(m);
        expect(predecessor(next)).toEqual(m);
        expect(next.major * 2n ** 63n + next.minor).toBe(m.major * 2n ** 63n + m.minor + 1n);
      }),
    );
  });

  it('carries into the major part', () => {
    expect(successor({ major: 4n, minor: INT64_MAX })).toEqual({ major: 5n, minor: 0n });
    expect(predecessor({ major: 5n, minor: 0n })).toEqual({ major: 4n, minor: INT64_MAX });
  });

  it('is bounded at both ends', () => {
    expect(() => successor(OPEN_END)).toThrow(RangeError);
    expect(() => predecessor(FIRST_MOMENT)).toThrow(RangeError);
  });

  it('is written for people', () => {
    expect(formatMoment({ major: 0n, minor: 1000n })).toBe('(0, 1000)');
    expect(formatMoment(OPEN_END)).toBe('open');
    expect(formatMoment({ major: INT64_MAX, minor: 0n })).toBe('(9223372036854775807, 0)');
  });
});

describe('combIov', () => {
  it('is major + minor/10^19, exactly', () => {
    fc.assert(
      fc.property(moments, (m) => {
        const text = combIov(m);
        expect(text).toMatch(/^\d+\.\d{19}$/);
        expect(BigInt(text.replace('.', ''))).toBe(m.major * 10n ** 19n + m.minor);
      }),
    );
  });

  it('keeps every digit where a float or 28 digits would round', () => {
    expect(combIov({ major: 0n, minor: 1000n })).toBe('0.0000000000000001000');
    expect(combIov(OPEN_END)).toBe('9223372036854775807.9223372036854775807');
  });
});

describe('parseInt64', () => {
  it('reads back every int64 from 0 on', () => {
    fc.assert(fc.property(part, (n) => parseInt64(n.toString()) === n));
  });

  it.each([
    ['0', 0n],
    ['0007', 7n],
    [`${'0'.repeat(40)}9223372036854775807`, INT64_MAX],
  ])('reads %s', (text, value) => {
    expect(parseInt64(text)).toBe(value);
  });

  it.each(['', ' ', '-1', '+1', '1.0', '1e3', '0x10', '1_000', ' 1', '1\n', '٣', 'abc'])(
    'refuses %j',
    (text) => {
      expect(parseInt64(text)).toBeUndefined();
    },
  );

  it('refuses what is larger than 2^63-1', () => {
    expect(parseInt64('9223372036854775808')).toBeUndefined();
    expect(parseInt64('18446744073709551616')).toBeUndefined();
    expect(parseInt64('9'.repeat(1_000_000))).toBeUndefined();
  });
});
