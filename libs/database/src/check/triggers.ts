import { type QueryRunner } from 'typeorm';
import { TRIGGERS } from '../migrations/triggers.js';
import { rowsOf } from '../rows-of.js';
import { withoutQueueing } from '../without-queueing.js';
import { brokenList } from './broken-rows.js';
import { type StatePromise } from './database-promise.js';

interface Found {
  table: string;
  name: string;
  enabled: boolean;
}

export const TRIGGERS_THERE: StatePromise = {
  name: 'triggers',
  sentence:
    'The triggers that keep revisions and history, and tell servers of changes, are there, and on.',
  advice:
    'Without them servers answer from memory what has changed meanwhile. --repair makes them again; restart the servers then.',
  find: async (database) => {
    const there = await triggersThere(database);
    return brokenList(
      TRIGGERS.flatMap(({ table, name }) => {
        const found = there.find((each) => each.table === table && each.name === name);
        if (found?.enabled === true) return [];
        return [`${name} on ${table} is ${found ? 'off' : 'missing'}`];
      }),
    );
  },
  repair: async (database, log) => {
    const there = await triggersThere(database);
    for (const { table, name, statement } of TRIGGERS) {
      const found = there.find((each) => each.table === table && each.name === name);
      if (found?.enabled === true) continue;
      const enable = `ALTER TABLE "${table}" ENABLE TRIGGER ${name}`;
      await withoutQueueing(database, found ? enable : statement, log);
    }
  },
};

async function triggersThere(database: QueryRunner): Promise<Found[]> {
  return rowsOf<Found>(
    database,
    `SELECT relname AS table, tgname AS name, tgenabled IN ('O', 'A') AS enabled
       FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
      WHERE relnamespace = current_schema()::regnamespace AND NOT tgisinternal`,
  );
}
