import { ensureIndex } from '../ensure-index.js';
import { TABLES } from '../existing-tables.js';
import { RESOLVE_INDEX } from '../named-constraints.js';
import { brokenRows } from './broken-rows.js';
import { type StatePromise } from './database-promise.js';

export const INDEXES: StatePromise = {
  name: 'indexes',
  sentence: 'The index that resolves use is there, and no index is left half built.',
  advice:
    '--repair builds it beside readers and writers. Drop one that is not ours, and build it again.',
  find: (database) =>
    brokenRows(
      database,
      `SELECT '${RESOLVE_INDEX.name} is missing' AS example WHERE to_regclass('${RESOLVE_INDEX.name}') IS NULL
       UNION ALL
       SELECT format('%s is half built', indexrelid::regclass) FROM pg_index
        WHERE NOT indisvalid
          AND indrelid IN (SELECT to_regclass(quote_ident(name)) FROM unnest('{${TABLES.join(',')}}'::text[]) AS name)`,
    ),
  repair: (database, log) => ensureIndex(database, RESOLVE_INDEX, log),
};
