import { brokenRows } from './broken-rows.js';
import { type StatePromise } from './database-promise.js';

export const FOREIGN_KEYS: StatePromise = {
  name: 'foreign-keys',
  sentence: 'Foreign keys hold tags, lists and payloads together.',
  advice:
    'Add it by hand once nothing breaks it: ALTER TABLE … ADD FOREIGN KEY … DEFERRABLE INITIALLY DEFERRED',
  beforeAdoption: true,
  find: (database) =>
    brokenRows(
      database,
      `SELECT format('%s.%s to %s', origin, key, target) AS example
         FROM (VALUES ('GlobalTag', 'status_id', 'GlobalTagStatus'),
                      ('PayloadList', 'global_tag_id', 'GlobalTag'),
                      ('PayloadList', 'payload_type_id', 'PayloadType'),
                      ('PayloadIOV', 'payload_list_id', 'PayloadList')) AS wanted (origin, key, target)
        WHERE NOT EXISTS (
          SELECT FROM pg_constraint c
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND ARRAY[a.attnum] = c.conkey
           WHERE c.contype = 'f' AND c.convalidated AND a.attname = key
             AND c.conrelid = to_regclass(quote_ident(origin))
             AND c.confrelid = to_regclass(quote_ident(target)))`,
    ),
};
