import { type QueryRunner } from 'typeorm';
import { type Log } from './database-connection.js';

/** A constraint that the data does not allow yet; it is tried again at each migration. */
export interface SkippedConstraint {
  constraint: string;
  /** what it would promise, and why it cannot */
  reason: string;
  rows: {
    table: string;
    /** how many rows break it */
    count: number;
    /** the ids of the first of them, 20 at most */
    firstIds: string[];
  };
}

/** What a migration did. */
export interface MigrationReport {
  /** names of the migrations applied, in order; empty if the schema was current */
  applied: string[];
  /** whether the tables were there already, made by a Nopayloaddb */
  adopted: boolean;
  /** rows whose comb_iov was wrong and is exact now */
  repairedCombIov: number;
  skippedConstraints: SkippedConstraint[];
}

interface Reporting {
  log: Log;
  report: MigrationReport;
}

const reports = new WeakMap<QueryRunner, Reporting>();

/** Ties a report to a query runner, so that the migrations it runs can add to it. */
export function reportTo(queryRunner: QueryRunner, reporting: Reporting): void {
  reports.set(queryRunner, reporting);
}

/** Where a migration reports to; nowhere, if TypeORM's own command line runs it. */
export function reportOf(queryRunner: QueryRunner): Reporting {
  return (
    reports.get(queryRunner) ?? {
      log: { info: () => undefined, warn: () => undefined },
      report: emptyReport(),
    }
  );
}

export function emptyReport(): MigrationReport {
  return { applied: [], adopted: false, repairedCombIov: 0, skippedConstraints: [] };
}
