import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { reportOf } from '../migration-report.js';
import { withoutQueueing } from '../without-queueing.js';
import { DROP_UNTAGGED_LISTS, TELL_UNTAGGED_LISTS } from './untagged-lists.sql.js';

/** Changes of payload lists that are in no global tag are told to every process, too. */
export class TellUntaggedLists1764000006000 implements MigrationInterface {
  transaction = false;

  async up(queryRunner: QueryRunner): Promise<void> {
    await withoutQueueing(queryRunner, TELL_UNTAGGED_LISTS, reportOf(queryRunner).log);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await withoutQueueing(queryRunner, DROP_UNTAGGED_LISTS, reportOf(queryRunner).log);
  }
}
