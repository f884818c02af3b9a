/*
 * Versions of the inventory say who brought them, and by which way.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
alter table inventory_version
  add column applied_by text,
  add column note text;
`;

const DOWN = `
alter table inventory_version
  drop column applied_by,
  drop column note;
`;

export class Applied1795780800000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
