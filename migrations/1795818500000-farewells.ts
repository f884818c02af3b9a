/*
 * What the identity provider said of somebody, with their session, so that it can be told who leaves; and for some minutes after they
 * have left here. Sealed (vault.ts).
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
alter table session add column id_token jsonb;

create table farewell (
  hash      text not null,
  id_token  jsonb not null,
  ends_at   timestamptz not null,
  constraint farewell_pk primary key (hash)
);
create index farewell_ends_ix on farewell (ends_at);
`;

const DOWN = `
drop table farewell;
alter table session drop column id_token;
`;

export class Farewells1795818500000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
