import { expect, it } from '@jest/globals';
import { benchArguments } from './bench.js';

it('passes on what the bench takes, and the server that is named elsewhere', () => {
  const options = { quick: true, warmUp: '1', figures: 'f.json' } as const;
  expect(benchArguments(options, 'http://cdb:8000')).toEqual([
    ...['--url', 'http://cdb:8000', '--warm-up', '1', '--quick', '--json', 'f.json'],
  ]);
  expect(benchArguments({}, undefined)).toEqual([]);
});
