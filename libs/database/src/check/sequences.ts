import {
  CATCH_UP_SEQUENCES,
  SEQUENCES_BEHIND,
} from '../migrations/1764000000000-create-or-adopt-tables.js';
import { brokenRows } from './broken-rows.js';
import { type StatePromise } from './database-promise.js';

export const SEQUENCES: StatePromise = {
  name: 'sequences',
  sentence: 'New rows get numbers that no row has.',
  advice: 'Rows were loaded with their numbers. --repair sets the sequences behind them.',
  beforeAdoption: true,
  find: (database) => brokenRows(database, SEQUENCES_BEHIND),
  repair: async (database) => {
    for (const statement of CATCH_UP_SEQUENCES) await database.query(statement);
  },
};
