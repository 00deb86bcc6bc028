import { brokenRows } from './broken-rows.js';
import { type StatePromise } from './database-promise.js';

export const DETACHED_LISTS: StatePromise = {
  name: 'detached-lists',
  sentence: 'A payload list is in a global tag.',
  legal: true,
  advice: 'Lists are prepared apart from tags, and kept when another took their place.',
  beforeAdoption: true,
  find: (database) =>
    brokenRows(database, 'SELECT name AS example FROM "PayloadList" WHERE global_tag_id IS NULL'),
};
