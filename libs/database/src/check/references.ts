import { brokenRows } from './broken-rows.js';
import { type StatePromise } from './database-promise.js';

export const REFERENCES: StatePromise = {
  name: 'references',
  sentence: 'What a global tag or a payload list belongs to exists.',
  advice: 'Something was deleted past the foreign keys. Restore it, or give the row another.',
  beforeAdoption: true,
  find: (database) =>
    brokenRows(
      database,
      `SELECT format('global tag %s: no status %s', g.name, g.status_id) AS example
         FROM "GlobalTag" g
        WHERE NOT EXISTS (SELECT FROM "GlobalTagStatus" s WHERE s.id = g.status_id)
       UNION ALL
       SELECT format('payload list %s: no global tag %s', l.name, l.global_tag_id)
         FROM "PayloadList" l
        WHERE l.global_tag_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM "GlobalTag" g WHERE g.id = l.global_tag_id)
       UNION ALL
       SELECT format('payload list %s: no payload type %s', l.name, l.payload_type_id)
         FROM "PayloadList" l
        WHERE NOT EXISTS (SELECT FROM "PayloadType" t WHERE t.id = l.payload_type_id)`,
    ),
};
