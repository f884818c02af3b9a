/*
 * Requests that must not be done twice, by the key that came with each: what was asked, as a digest, and what was answered.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table idempotent_write (
  key_hash     text not null,
  fingerprint  text not null,
  begun_at     timestamptz not null,
  ended_at     timestamptz,
  answer       text,
  constraint idempotent_write_pk primary key (key_hash),
  constraint idempotent_write_answer_ck check (answer is null or ended_at is not null)
);
create index idempotent_write_begun_ix on idempotent_write (begun_at);
`;

const DOWN = `
drop table idempotent_write;
`;

export class IdempotentWrites1795814000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
