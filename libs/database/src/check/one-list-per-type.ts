import { brokenRows } from './broken-rows.js';
import { type StatePromise } from './database-promise.js';

export const ONE_LIST_PER_TYPE: StatePromise = {
  name: 'one-list-per-type',
  sentence: 'A global tag has one payload list of each payload type.',
  advice:
    'Both answer. Detach the one that is not meant: UPDATE "PayloadList" SET global_tag_id = NULL WHERE name = …',
  beforeAdoption: true,
  find: (database) =>
    brokenRows(
      database,
      `SELECT format('global tag %s: %s', min(g.name), string_agg(l.name, ', ' ORDER BY l.id)) AS example
         FROM "PayloadList" l JOIN "GlobalTag" g ON g.id = l.global_tag_id
        GROUP BY l.global_tag_id, l.payload_type_id HAVING count(*) > 1`,
    ),
};
