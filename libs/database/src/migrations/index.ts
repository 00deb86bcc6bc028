import { CreateOrAdoptTables1764000000000 } from './1764000000000-create-or-adopt-tables.js';
import { RepairCombIov1764000001000 } from './1764000001000-repair-comb-iov.js';
import { KeepTagRevisions1764000002000 } from './1764000002000-keep-tag-revisions.js';
import { MarkTagStates1764000003000 } from './1764000003000-mark-tag-states.js';
import { RecordIovMode1764000004000 } from './1764000004000-record-iov-mode.js';
import { KeepTagHistory1764000005000 } from './1764000005000-keep-tag-history.js';
import { TellUntaggedLists1764000006000 } from './1764000006000-tell-untagged-lists.js';

/** What has been done to the schema, in order. Append only: a released one never changes. */
export const MIGRATIONS = [
  CreateOrAdoptTables1764000000000,
  RepairCombIov1764000001000,
  KeepTagRevisions1764000002000,
  MarkTagStates1764000003000,
  RecordIovMode1764000004000,
  KeepTagHistory1764000005000,
  TellUntaggedLists1764000006000,
];

/** Where the applied ones are recorded. */
export const MIGRATIONS_TABLE = 'tempora_migrations';
