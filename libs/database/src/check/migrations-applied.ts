import { MIGRATIONS } from '../migrations/index.js';
import { appliedMigrations } from '../schema-state.js';
import { brokenList } from './broken-rows.js';
import { type StatePromise } from './database-promise.js';

export const MIGRATIONS_APPLIED: StatePromise = {
  name: 'migrations',
  sentence: 'All migrations of this version are applied.',
  advice: 'Run tempora migrate.',
  beforeAdoption: true,
  find: async (database) => {
    const applied = await appliedMigrations(database);
    return brokenList(MIGRATIONS.map(({ name }) => name).filter((name) => !applied.has(name)));
  },
};
