import { Client, type ClientConfig } from 'pg';
import { SCENARIOS } from './scenarios.js';

/** Removes what an interrupted run may have left: tags of its own, and payloads of no list. */
export async function removeLeftovers(connection: ClientConfig): Promise<void> {
  const client = new Client(connection);
  await client.connect();
  try {
    const kept = SCENARIOS.map(({ tag }) => tag);
    for (const statement of REMOVE_LEFTOVERS) await client.query(statement, [kept]);
    await client.query('VACUUM (ANALYZE)');
  } finally {
    await client.end();
  }
}

const DISPOSABLE_LISTS = `
  SELECT id FROM "PayloadList" WHERE global_tag_id IS NULL
  OR global_tag_id IN (SELECT id FROM "GlobalTag" WHERE name <> ALL ($1::text[]))`;

const REMOVE_LEFTOVERS = [
  `DELETE FROM "PayloadIOV" WHERE payload_list_id IN (${DISPOSABLE_LISTS})`,
  `DELETE FROM "PayloadIOV" WHERE payload_list_id IS NULL AND $1::text[] IS NOT NULL`,
  `DELETE FROM "PayloadList" WHERE id IN (${DISPOSABLE_LISTS})`,
  `DELETE FROM "GlobalTag" WHERE name <> ALL ($1::text[])`,
];
