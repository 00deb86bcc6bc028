import { expect, it } from '@jest/globals';
import { progressText } from './progress.js';

const state = { label: 'Reading', done: 0, total: undefined, unit: 'payloads', elapsed: 2_500 };

it('says how long it has been, as long as nothing is counted', () => {
  expect(progressText(state)).toBe('Reading … 2 s');
});

it('says how much is done where nobody knows how much there is', () => {
  expect(progressText({ ...state, done: 1000 })).toBe('Reading  1000 payloads, 2 s');
});

it('says how much is left where the whole is known', () => {
  expect(progressText({ ...state, done: 250, total: 1000 })).toBe(
    'Reading  [######                  ] 25 %  250 payloads of 1000 payloads, 8 s left',
  );
  expect(progressText({ ...state, done: 2e6, total: 1e6, unit: 'bytes' })).toBe(
    `Reading  [${'#'.repeat(24)}] 100 %  2.0 MB of 1.0 MB, 0 s left`,
  );
});
