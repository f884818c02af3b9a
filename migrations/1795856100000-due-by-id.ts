/*
 * What is due is listed by the day on which it is, and then by its number: thousands are opened by one run, in the same instant, and
 * the first fifty of them are read from the index now.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const ACTIVE = `where state in ('open', 'acknowledged')`;

const UP = `
drop index finding_due_ix;
create index finding_due_ix on finding (severity, opened_at, id) ${ACTIVE};
`;

const DOWN = `
drop index finding_due_ix;
create index finding_due_ix on finding (severity, opened_at) ${ACTIVE};
`;

export class DueById1795856100000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
