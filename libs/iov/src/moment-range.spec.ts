import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inRanges, uniteRanges } from './moment-range.js';

describe('ranges of moments', () => {
  const at = (minor: number) => ({ major: 0n, minor: BigInt(minor) });
  const ranges = fc.array(
    fc.record({ from: fc.nat(20), length: fc.option(fc.integer({ min: 1, max: 8 })) }),
  );

  it('unite to the same moments, sorted and apart', () => {
    fc.assert(
      fc.property(ranges, (given) => {
        const united = uniteRanges(
          given.map(({ from, length }) => ({
            from: at(from),
            until: length === null ? null : at(from + length),
          })),
        );
        for (let probe = 0; probe < 32; probe++) {
          const expected = given.some(
            ({ from, length }) => probe >= from && (length === null || probe < from + length),
          );
          expect(inRanges(united, at(probe))).toBe(expected);
        }
        for (const [index, { until }] of united.entries()) {
          const next = united[index + 1];
          if (next !== undefined) expect(until?.minor).toBeLessThan(next.from.minor);
        }
      }),
    );
  });
});
