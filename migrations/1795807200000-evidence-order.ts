/*
 * Which look a finding's newest evidence came from: where a clock was wrong, its time does not tell.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class EvidenceOrder1795807200000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table finding add column evidence_order bigint not null default 0');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table finding drop column evidence_order');
  }
}
