import { brokenRows } from './broken-rows.js';
import { type StatePromise } from './database-promise.js';

export const REVISIONS: StatePromise = {
  name: 'revisions',
  sentence: 'Each global tag has a revision, and nothing else has.',
  advice: 'Servers tell by it what has changed. --repair adds and removes them.',
  find: (database) =>
    brokenRows(
      database,
      `SELECT format('global tag %s has none', g.name) AS example FROM "GlobalTag" g
        WHERE NOT EXISTS (SELECT FROM "GlobalTagRevision" r WHERE r.global_tag_id = g.id)
       UNION ALL
       SELECT format('revision of the global tag %s, which is gone', r.global_tag_id)
         FROM "GlobalTagRevision" r
        WHERE NOT EXISTS (SELECT FROM "GlobalTag" g WHERE g.id = r.global_tag_id)`,
    ),
  repair: async (database) => {
    await database.query(
      `INSERT INTO "GlobalTagRevision" (global_tag_id) SELECT id FROM "GlobalTag" ORDER BY id
           ON CONFLICT DO NOTHING`,
    );
    await database.query(
      `DELETE FROM "GlobalTagRevision" r
        WHERE NOT EXISTS (SELECT FROM "GlobalTag" g WHERE g.id = r.global_tag_id)`,
    );
  },
};
