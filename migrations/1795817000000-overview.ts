/*
 * What finds runs by their verdict or by when they were due, and what was resolved of late, without reading all that there is.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create index run_verdict_ix on run (verdict, id);
create index run_due_ix on run (due_at);
create index finding_resolved_ix on finding (resolved_at) where state = 'resolved';
`;

const DOWN = `
drop index finding_resolved_ix;
drop index run_due_ix;
drop index run_verdict_ix;
`;

export class Overview1795817000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
