import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RankSet } from './rank-set.js';

describe('a rank set', () => {
  // Sizes around the powers of 32, where the tree grows a level.
  const sizes = fc.constantFrom(1, 2, 31, 32, 33, 1023, 1024, 1025, 40_000);

  it('finds the largest member at or below, after any additions and removals', () => {
    const operations = sizes.chain((size) =>
      fc.record({
        size: fc.constant(size),
        steps: fc.array(fc.tuple(fc.boolean(), fc.nat(size - 1)), { maxLength: 60 }),
        questions: fc.array(fc.nat(size - 1), { minLength: 20, maxLength: 20 }),
      }),
    );
    fc.assert(
      fc.property(operations, ({ size, steps, questions }) => {
        const set = new RankSet(size);
        const members = new Set<number>();
        for (const [add, rank] of steps) {
          if (add) set.add(rank);
          else set.delete(rank);
          if (add) members.add(rank);
          else members.delete(rank);
        }
        for (const rank of [...questions, ...members, -1, size - 1]) {
          const expected = Math.max(-1, ...[...members].filter((member) => member <= rank));
          expect(set.atOrBelow(rank)).toBe(expected);
        }
      }),
      { numRuns: 500 },
    );
  });
});
