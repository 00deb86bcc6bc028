import { rowsOf } from '../rows-of.js';
import { brokenList } from './broken-rows.js';
import { type StatePromise } from './database-promise.js';

export const RECORDED_MODE: StatePromise = {
  name: 'iov-mode',
  sentence: 'The mode of the intervals that is recorded is that of CDB_IOV_MODE.',
  advice: 'Servers of the other mode are refused. Set CDB_IOV_MODE to what is recorded.',
  find: async (database, mode) => {
    const rows = await rowsOf<{ iov_mode: string; since: Date }>(
      database,
      'SELECT iov_mode, since FROM tempora_iov_mode',
    );
    return brokenList(
      rows
        .filter(({ iov_mode: recorded }) => recorded !== mode)
        .map(({ iov_mode: recorded, since }) => `${recorded}, since ${since.toISOString()}`),
    );
  },
};
