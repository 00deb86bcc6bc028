import { type PayloadPromise } from './database-promise.js';

const EXACT = 'major_iov + minor_iov * 0.0000000000000000001';

export const COMB_IOV: PayloadPromise = {
  name: 'comb-iov',
  sentence: 'comb_iov is major + minor / 10^19, with 19 decimals.',
  advice:
    'The reference rounds it. Nothing of Tempora depends on it, but clients are shown it: --repair makes it exact.',
  broken: () => 'p.comb_iov IS DISTINCT FROM p.major_iov + p.minor_iov * 0.0000000000000000001',
  repair: `comb_iov = ${EXACT}`,
};
