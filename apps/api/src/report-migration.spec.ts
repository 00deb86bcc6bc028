import { describe, expect, it } from '@jest/globals';
import { reportMigration } from './report-migration.js';

/** What is warned of where as many rows break a constraint, of whom the first 20 are known. */
function warning(count: number): string {
  const warnings: string[] = [];
  const ids = Array.from({ length: Math.min(count, 20) }, (_, index) => String(index + 1));
  const rows = { table: 'PayloadIOV', count, firstIds: ids };
  reportMigration(
    {
      applied: [],
      adopted: true,
      repairedCombIov: 0,
      skippedConstraints: [{ constraint: 'c', reason: 'r', rows }],
    },
    { info: () => undefined, warn: (message) => void warnings.push(message) },
  );
  return warnings.join();
}

describe('rows that break a constraint', () => {
  it('are named', () => {
    expect(warning(3)).toContain('3 rows of PayloadIOV, ids 1, 2, 3. It is');
  });

  it('are counted, if they are too many to be named', () => {
    expect(warning(20)).toContain(' 19, 20. It is');
    expect(warning(1_234)).toContain('1234 rows of PayloadIOV');
    expect(warning(1_234)).toContain(' 19, 20 and 1214 more. It is');
  });
});
