/*
 * All scans share one rate: a shard keeps what it was granted of it. A run can be cancelled, and says by whom.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
alter table shard add column rate_per_second double precision;
alter table run
  add column cancelled_at timestamptz,
  add column cancelled_by text,
  add constraint run_cancelled_ck check ((cancelled_at is null) = (cancelled_by is null));
`;

const DOWN = `
alter table run
  drop constraint run_cancelled_ck,
  drop column cancelled_at,
  drop column cancelled_by;
alter table shard drop column rate_per_second;
`;

export class OneRate1795770000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
