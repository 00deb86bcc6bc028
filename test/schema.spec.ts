import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { createDatabase } from './postgres.js';
import { schemaDump } from './schema-dump.js';

const SNAPSHOT = new URL('schema.sql', import.meta.url);

describe('The schema of a new database', () => {
  it('is the one in schema.sql (UPDATE_SNAPSHOTS=1 writes it anew)', async () => {
    const dump = await schemaDump(await createDatabase());
    if (process.env['UPDATE_SNAPSHOTS'] === '1') writeFileSync(SNAPSHOT, dump);
    expect(dump).toBe(readFileSync(SNAPSHOT, 'utf8'));
  });
});
