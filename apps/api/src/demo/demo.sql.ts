import { type Statement } from '../database/query.js';

/** Of several servers that start at once on an empty database, one loads and the others look again. */
export const ONE_LOADER: Statement = {
  label: 'demo-one-loader',
  text: `SELECT pg_advisory_xact_lock(hashtext('tempora demo content'))`,
};

export const HAS_CONTENT: Statement = {
  label: 'demo-has-content',
  text: `
    SELECT EXISTS (SELECT FROM "GlobalTag") OR EXISTS (SELECT FROM "PayloadType")
        OR EXISTS (SELECT FROM "PayloadIOV") AS content`,
};

/** The tag of the examples in the documentation. */
export const HAS_DEMO_TAG: Statement = {
  label: 'demo-has-tag',
  text: `SELECT EXISTS (SELECT FROM "GlobalTag" WHERE name = 'DEMO_2026_online') AS there`,
};
