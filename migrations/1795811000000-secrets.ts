/*
 * Secrets of receivers, encrypted under a key that is not in the database.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table secret (
  id          uuid not null,
  name        text not null,
  cipher      bytea not null,
  key_id      text not null,
  changed_at  timestamptz not null,
  changed_by  text not null,
  constraint secret_pk primary key (id),
  constraint secret_name_uq unique (name)
);
`;

const DOWN = `
drop table secret;
`;

export class Secrets1795811000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
