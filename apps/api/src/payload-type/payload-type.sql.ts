import { rfc3339 } from '../database/json.sql.js';
import { type Listing } from '../database/page.js';
import { type Statement } from '../database/query.js';

export const PAYLOAD_TYPES: Listing = {
  from: 'FROM "PayloadType" t',
  row: `t.id, t.name, t.description, ${rfc3339('t.created')} AS created`,
  sorts: { id: 't.id', name: 't.name', created: 't.created' },
  filters: { search: 't.name ILIKE $' },
  id: 't.id',
};

/** $1 the name. */
export const PAYLOAD_TYPE_BY_NAME: Statement = {
  name: 'payload-type-by-name',
  text: `
    SELECT to_json(r)::text AS body
    FROM (SELECT ${PAYLOAD_TYPES.row} ${PAYLOAD_TYPES.from} WHERE t.name = $1) r`,
};

/** $1 the name. Nobody can begin to use the type while it is locked so. */
export const LOCK_PAYLOAD_TYPE: Statement = {
  name: 'lock-payload-type',
  text: `SELECT id FROM "PayloadType" WHERE name = $1 FOR UPDATE`,
};

export const LISTS_OF_TYPE: Statement = {
  name: 'lists-of-type',
  text: `SELECT count(*) AS lists FROM "PayloadList" WHERE payload_type_id = $1`,
};
