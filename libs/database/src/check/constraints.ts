import { ensureConstraints, missingConstraints } from '../ensure-constraints.js';
import { brokenList } from './broken-rows.js';
import { type StatePromise } from './database-promise.js';

export const CONSTRAINTS: StatePromise = {
  name: 'constraints',
  sentence: 'The database itself refuses what breaks a promise: its constraints are all there.',
  advice: '--repair adds those that the data allows; mend first what breaks the others.',
  find: async (database) =>
    brokenList(
      (await missingConstraints(database)).map(({ name, promise }) => `${name}: ${promise}`),
    ),
  repair: async (database, log) => {
    await ensureConstraints(database, log);
  },
};
