/*
 * What the last looks at a finding showed, and when it has come and gone: for thresholds, and to tell which ones flap. And
 * what people do to it: who looks after it, and who has accepted it by hand.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
alter table finding
  add column looks text not null default '',
  add column turns jsonb not null default '[]',
  add column accepted_by text,
  add column assignee text;
alter table finding
  alter column looks drop default,
  alter column turns drop default;
`;

const DOWN = `
alter table finding
  drop column looks,
  drop column turns,
  drop column accepted_by,
  drop column assignee;
`;

export class Damping1795777200000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
