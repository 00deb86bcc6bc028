import { KEEP_TAG_HISTORY } from './tag-history.sql.js';
import { KEEP_TAG_REVISIONS } from './tag-revisions.sql.js';
import { TELL_UNTAGGED_LISTS } from './untagged-lists.sql.js';

/** A trigger as a migration makes it. */
export interface Trigger {
  readonly table: string;
  readonly name: string;
  readonly statement: string;
}

const STATEMENT = /^CREATE OR REPLACE TRIGGER (\w+)[^;]*? ON "(\w+)"[^;]*;/gm;

/** All that the migrations make. */
export const TRIGGERS: readonly Trigger[] = [
  KEEP_TAG_REVISIONS,
  KEEP_TAG_HISTORY,
  TELL_UNTAGGED_LISTS,
].flatMap((text) =>
  [...text.matchAll(STATEMENT)].map(([statement, name = '', table = '']) => ({
    statement,
    name,
    table,
  })),
);
