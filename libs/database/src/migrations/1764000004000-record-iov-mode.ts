import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** One row at most; the first server that uses the database writes it. */
export class RecordIovMode1764000004000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE tempora_iov_mode (
        only_row boolean NOT NULL DEFAULT true
          CONSTRAINT tempora_iov_mode_pkey PRIMARY KEY
          CONSTRAINT tempora_iov_mode_only_row_ck CHECK (only_row),
        iov_mode text NOT NULL
          CONSTRAINT tempora_iov_mode_ck CHECK (iov_mode IN ('continuous', 'discrete')),
        since timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE tempora_iov_mode');
  }
}
