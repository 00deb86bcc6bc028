import { type Statement } from '../database/query.js';

/** Foreign keys are checked with each statement: five million of them would be remembered until the end. */
export const CHECK_AT_ONCE: Statement = {
  label: 'check-at-once',
  text: 'SET CONSTRAINTS ALL IMMEDIATE',
};

/** $1 the name. */
export const PAYLOAD_TYPE_ID: Statement = {
  name: 'payload-type-id',
  text: 'SELECT id FROM "PayloadType" WHERE name = $1',
};

/** $1 name, $2 description. Not where somebody else has just made it. */
export const ADD_PAYLOAD_TYPE: Statement = {
  name: 'add-payload-type',
  text: `
    INSERT INTO "PayloadType" (name, description, created) VALUES ($1, $2, now())
    ON CONFLICT DO NOTHING`,
};

/** $1 payload type's id, $2 its name, $3 description: a list that belongs to no tag yet. */
export const ADD_LIST: Statement = {
  name: 'add-list',
  text: `
    WITH fresh AS (INSERT INTO "PayloadListIdSequence" DEFAULT VALUES RETURNING id)
    INSERT INTO "PayloadList" (id, name, description, payload_type_id, created, updated)
    SELECT id, $2::text || '_' || id, $3, $1, now(), now() FROM fresh
    RETURNING id`,
};

/** $1 the tag, $2 its lists. */
export const ATTACH_LISTS: Statement = {
  label: 'attach-lists',
  text: `UPDATE "PayloadList" SET global_tag_id = $1 WHERE id = ANY($2)`,
};

export const COPY_PAYLOADS = `
  COPY "PayloadIOV" (payload_list_id, payload_url, checksum, size, extra, major_iov, minor_iov,
    major_iov_end, minor_iov_end, comb_iov) FROM STDIN`;
