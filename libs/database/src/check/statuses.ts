import { ADD_STATUSES } from '../migrations/1764000000000-create-or-adopt-tables.js';
import { brokenRows } from './broken-rows.js';
import { type StatePromise } from './database-promise.js';

export const STATUSES: StatePromise = {
  name: 'statuses',
  sentence: 'The statuses unlocked, locked and frozen exist.',
  advice: '--repair adds those that are missing.',
  beforeAdoption: true,
  find: (database) =>
    brokenRows(
      database,
      `SELECT name AS example FROM unnest(ARRAY['unlocked', 'locked', 'frozen']) AS name
        WHERE NOT EXISTS (SELECT FROM "GlobalTagStatus" s WHERE s.name = name.name)`,
    ),
  repair: async (database) => {
    await database.query(ADD_STATUSES);
  },
};
