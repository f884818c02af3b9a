/*
 * Checks of the whole ledger: how far each is, so that another server goes on where one has died, and what came of it. One of a kind is
 * under way at a time.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table ledger_check (
  id             bigint generated always as identity,
  kind           text not null,
  "by"           text,
  asked_at       timestamptz not null,
  leased_until   timestamptz,
  attempts       integer not null default 0,
  seq            bigint not null,
  hash           text not null,
  entries        integer not null default 0,
  rows           bigint not null default 0,
  checkpoints    integer not null default 0,
  waiting        integer,
  troubles       jsonb not null default '[]',
  trouble_count  integer not null default 0,
  notes          jsonb not null default '[]',
  ended_at       timestamptz,
  outcome        text,
  problem        text,
  constraint ledger_check_pk primary key (id),
  constraint ledger_check_kind_ck check (kind in ('asked', 'daily')),
  constraint ledger_check_outcome_ck check (outcome in ('holds', 'does-not-hold', 'failed')),
  constraint ledger_check_end_ck check ((ended_at is null) = (outcome is null))
);
create unique index ledger_check_open_uq on ledger_check (kind) where ended_at is null;
`;

const DOWN = `
drop table ledger_check;
`;

export class LedgerChecks1795871000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
