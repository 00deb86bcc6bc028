import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { reportOf } from '../migration-report.js';
import { withoutQueueing } from '../without-queueing.js';
import { DROP_TAG_HISTORY, KEEP_TAG_HISTORY } from './tag-history.sql.js';

/** The database itself notes who changed what of a global tag, whoever writes. It begins empty. */
export class KeepTagHistory1764000005000 implements MigrationInterface {
  transaction = false;

  async up(queryRunner: QueryRunner): Promise<void> {
    await withoutQueueing(queryRunner, KEEP_TAG_HISTORY, reportOf(queryRunner).log);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await withoutQueueing(queryRunner, DROP_TAG_HISTORY, reportOf(queryRunner).log);
  }
}
