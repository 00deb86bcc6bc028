import { setTimeout as pause } from 'node:timers/promises';
import { type QueryRunner } from 'typeorm';
import { type Log } from './database-connection.js';
import { errorCode } from './system-error.js';

const LOCK_NOT_AVAILABLE = '55P03';
const DEADLOCK_DETECTED = '40P01';
const PAUSE_MS = 1_000;

/** Well below PostgreSQL's deadlock_timeout, 1 s: we give way before a writer is made to. */
export const LOCK_TIMEOUT = '400ms';

/**
 * Runs a statement that needs a table for itself for a moment. Waiting for it behind a long
 * transaction would make everyone else wait behind us; so it gives way and tries again.
 */
export async function withoutQueueing(
  queryRunner: QueryRunner,
  statement: string,
  log: Log,
): Promise<void> {
  await givingWay(log, async () => {
    await queryRunner.startTransaction();
    try {
      await queryRunner.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
      await queryRunner.query(statement);
      await queryRunner.commitTransaction();
    } catch (error) {
      await queryRunner.rollbackTransaction();
      throw error;
    }
  });
}

/** Repeats work that has set a lock timeout, until it gets its locks. */
export async function givingWay<Result>(log: Log, work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const code = errorCode(error);
      if (code !== LOCK_NOT_AVAILABLE && code !== DEADLOCK_DETECTED) throw error;
      log.info('A table is in use by a long transaction: giving way, trying again in a second');
      await pause(PAUSE_MS);
    }
  }
}
