import { rfc3339 } from '../database/json.sql.js';
import { type Statement } from '../database/query.js';

export const STATUSES: Statement = {
  name: 'statuses',
  text: `
    SELECT COALESCE(json_agg(to_json(r) ORDER BY r.id), '[]')::text AS body
    FROM (
      SELECT id, name, description, ${rfc3339('created')} AS created FROM "GlobalTagStatus"
    ) r`,
};
