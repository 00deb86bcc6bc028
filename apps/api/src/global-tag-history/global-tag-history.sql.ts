import { rfc3339 } from '../database/json.sql.js';
import { type Listing } from '../database/page.js';

/** Who made the change, and whence, or null in place of all that names somebody. */
const by = (named: boolean): string => `
  json_build_object('via', COALESCE(h.protocol, 'database'),
    'subject', ${named ? 'h.subject' : 'NULL'},
    'issuer', ${named ? 'h.issuer' : 'NULL'},
    'role', ${named ? 'CASE WHEN h.protocol IS NULL THEN h.role END' : 'NULL'},
    'application', ${named ? 'CASE WHEN h.protocol IS NULL THEN h.application END' : 'NULL'})`;

/** The changes of tags; addresses and numbers of requests are for the operator alone. */
export const historyListing = (named: boolean): Listing => ({
  from: 'FROM "GlobalTagHistory" h',
  row: `h.revision, ${rfc3339('h.at')} AS at, ${by(named)} AS by, h.counts, h.changes, h.complete`,
  sorts: { id: 'h.id' },
  filters: {
    // The one that has the name now, and those that had it when they were deleted.
    global_tag: `h.global_tag_id = ANY(ARRAY(
      SELECT g.id FROM "GlobalTag" g WHERE g.name = $
      UNION SELECT d.global_tag_id FROM "GlobalTagHistory" d WHERE d.deleted_as = $))`,
  },
  id: 'h.id',
});
