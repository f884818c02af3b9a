/*
 * What people did to several findings at once, and how it went: a form that is sent twice does it once, and its outcome can be
 * looked at again.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table finding_deed (
  actor   text not null,
  key     text not null,
  at      timestamptz not null,
  action  jsonb not null,
  query   text not null,
  done    integer not null,
  refused jsonb not null,
  constraint finding_deed_pk primary key (actor, key)
);
create index finding_deed_at_ix on finding_deed (at);
`;

const DOWN = 'drop table finding_deed';

export class Deeds1795816100000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
