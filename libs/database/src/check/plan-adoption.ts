import { type IovMode } from '#iov';
import { type DatabaseConnection } from '../database-connection.js';
import { brokenConstraints, missingConstraints } from '../ensure-constraints.js';
import { existingTables, TABLES } from '../existing-tables.js';
import { mayChange, MAY_NOT_CHANGE } from '../migrate.js';
import { type SkippedConstraint } from '../migration-report.js';
import { MIGRATIONS } from '../migrations/index.js';
import { rowsOf } from '../rows-of.js';
import { appliedMigrations } from '../schema-state.js';
import { withSession } from './check-database.js';
import { COMB_IOV } from './comb-iov.js';
import { INDEXES } from './indexes.js';
import { SEQUENCES } from './sequences.js';
import { STATUSES } from './statuses.js';
import { walkPayloads } from './walks.js';

/** What a migration would do to a database. */
export interface AdoptionPlan {
  /**
   * - `adopt`: take over the tables of a Nopayloaddb
   * - `create`: make the tables, as there are none
   * - `migrate`: bring tables of ours up to date
   * - `none`: nothing, apart from constraints that the data allows by now
   */
  readonly step: 'adopt' | 'create' | 'migrate' | 'none';
  readonly migrations: readonly string[];
  readonly tables: readonly { readonly name: string; readonly rows: number }[];
  readonly statusesToAdd: readonly string[];
  /** Rows whose comb_iov would be made exact. */
  readonly combIovToRepair: number;
  readonly sequencesToSet: readonly string[];
  readonly indexesToBuild: readonly string[];
  readonly constraintsToAdd: readonly string[];
  readonly constraintsToLeaveOut: readonly SkippedConstraint[];
  /** Why it would be refused, as a sentence; null: it would not. */
  readonly refusal: string | null;
  /** About as long it would take, on a machine with little else to do. */
  readonly seconds: number;
}

/** As measured: three million payloads, a third of them wrong, in a minute and a half. */
const SECONDS_PER_ROW = 10e-6;
const SECONDS_PER_REPAIR = 60e-6;

/**
 * What {@link migrate} would do, from the same statements, in a session that cannot write.
 * @throws DatabaseRefusal with the sentence of the migration, where the tables are none to be adopted
 */
export async function planAdoption(
  connection: DatabaseConnection,
  { mode, progress }: { mode: IovMode; progress: (walked: number, of: number) => void },
): Promise<AdoptionPlan> {
  return withSession(connection, { readOnly: true }, async (database) => {
    const before = await existingTables(database);
    const applied = await appliedMigrations(database);
    const migrations = MIGRATIONS.map(({ name }) => name).filter((name) => !applied.has(name));
    const needed = migrations.length > 0;
    const refusal = needed && !(await mayChange(database, before)) ? MAY_NOT_CHANGE : null;
    if (before === 'none') return { ...NOTHING, step: 'create', migrations, refusal };
    const tables = await rowsIn(database);
    const payloads = tables.find(({ name }) => name === 'PayloadIOV')?.rows ?? 0;
    let walked = 0;
    const found = await walkPayloads(database, [COMB_IOV], {
      mode,
      repair: false,
      advance: (rows) => {
        walked += rows;
        progress(walked, payloads);
      },
    });
    // Repaired once, when it is adopted.
    const wrong = applied.size === 0 ? (found.get(COMB_IOV)?.count ?? 0) : 0;
    const left = await brokenConstraints(database);
    const names = new Set(left.map(({ constraint }) => constraint));
    return {
      step: applied.size === 0 ? 'adopt' : needed ? 'migrate' : 'none',
      migrations,
      tables,
      statusesToAdd: (await STATUSES.find(database, mode)).examples,
      combIovToRepair: wrong,
      sequencesToSet: (await SEQUENCES.find(database, mode)).examples,
      indexesToBuild: (await INDEXES.find(database, mode)).examples,
      constraintsToAdd: (await missingConstraints(database))
        .map(({ name }) => name)
        .filter((name) => !names.has(name)),
      constraintsToLeaveOut: left,
      refusal,
      seconds: needed ? Math.ceil(payloads * SECONDS_PER_ROW + wrong * SECONDS_PER_REPAIR) : 0,
    };
  });
}

const NOTHING = {
  tables: [],
  statusesToAdd: [],
  combIovToRepair: 0,
  sequencesToSet: [],
  indexesToBuild: [],
  constraintsToAdd: [],
  constraintsToLeaveOut: [],
  seconds: 1,
} as const;

async function rowsIn(
  database: Parameters<typeof rowsOf>[0],
): Promise<{ name: string; rows: number }[]> {
  return rowsOf(
    database,
    TABLES.map((name) => `SELECT '${name}' AS name, count(*)::int AS rows FROM "${name}"`).join(
      ' UNION ALL ',
    ),
  );
}
