import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

it('docs/scaling.md shows what the model calculates', () => {
  const told = execFileSync(process.execPath, ['scripts/scaling/model.mjs'], { encoding: 'utf8' });
  const shown = readFileSync('docs/scaling.md', 'utf8')
    .split('<!-- what npm run model:scaling prints -->')[1]
    ?.split('<!-- end of what it prints -->')[0];
  expect(shown?.trim()).toBe(told.trim());
});
