/*
 * The chain of keys: each change of the key that signs checkpoints of the ledger, signed by the key before it. As entries and
 * checkpoints, they are only added to; and each is recorded in the ledger in the same transaction.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table ledger_key_change (
  id               bigint generated always as identity,
  at               timestamptz(3) not null,
  seq              bigint not null,
  hash             text not null,
  key_id           text not null,
  public_key       text not null,
  next_key_id      text not null,
  next_public_key  text not null,
  "by"             text not null,
  why              text not null,
  signature        text,
  constraint ledger_key_change_pk primary key (id),
  constraint ledger_key_change_former_uq unique (key_id),
  constraint ledger_key_change_next_uq unique (next_key_id)
);
create trigger ledger_key_change_append_only before update or delete on ledger_key_change
  for each row execute function refuse_change();
create trigger ledger_key_change_kept before truncate on ledger_key_change
  for each statement execute function refuse_change();
`;

const DOWN = `
drop table ledger_key_change;
`;

export class LedgerKeys1795870000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
