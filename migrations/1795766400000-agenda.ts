/*
 * What the scheduler remembers of each audit: up to where its slots are dealt with, and whether it is paused. Slots that no
 * run was made of are kept with the reason, so that none is forgotten.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table agenda (
  audit      text not null,
  schedule   text not null,
  judged_to  timestamptz not null,
  paused_at  timestamptz,
  paused_by  text,
  paused_why text,
  constraint agenda_pk primary key (audit),
  constraint agenda_paused_ck check ((paused_at is null) = (paused_by is null))
);

create table skipped_slots (
  id          bigint generated always as identity,
  audit       text not null,
  first_due   timestamptz not null,
  last_due    timestamptz not null,
  slots       integer not null,
  is_at_least boolean not null,
  why         text not null,
  detail      text not null,
  noted_at    timestamptz not null,
  constraint skipped_slots_pk primary key (id),
  constraint skipped_slots_why_ck check (why in ('down', 'overlap', 'paused', 'blackout')),
  constraint skipped_slots_order_ck check (first_due <= last_due and slots > 0)
);
create index skipped_slots_audit_ix on skipped_slots (audit, id);
`;

const DOWN = `
drop table skipped_slots, agenda;
`;

export class Agenda1795766400000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
