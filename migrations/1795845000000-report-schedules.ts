/*
 * Reports that are made by themselves: how far each schedule was dealt with, which order came of which slot, the slots that none came of
 * with why, and the mails that each report is sent in.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table report_schedule (
  name      text not null,
  key       text not null,
  judged_to timestamptz not null,
  constraint report_schedule_pk primary key (name)
);

create table report_slot (
  order_id bigint not null,
  schedule text not null,
  at       timestamptz not null,
  run_id   bigint,
  owner    text,
  constraint report_slot_pk primary key (order_id),
  constraint report_slot_order_fk foreign key (order_id) references report_order (id) on delete cascade
);
create index report_slot_schedule_ix on report_slot (schedule, order_id);

create table report_missed (
  id          bigint generated always as identity,
  schedule    text not null,
  owner       text not null,
  first_at    timestamptz not null,
  last_at     timestamptz not null,
  slots       integer not null,
  is_at_least boolean not null,
  why         text not null,
  detail      text not null,
  noted_at    timestamptz not null,
  constraint report_missed_pk primary key (id),
  constraint report_missed_slot_uq unique (schedule, owner, last_at, why),
  constraint report_missed_why_ck check (why in ('down', 'replaced', 'removed', 'refused'))
);
create index report_missed_schedule_ix on report_missed (schedule, id);

create table report_delivery (
  id           bigint generated always as identity,
  order_id     bigint not null,
  receiver     text not null,
  address      text not null,
  is_whole     boolean not null,
  state        text not null,
  attempts     integer not null default 0,
  made_at      timestamptz not null,
  next_at      timestamptz not null,
  leased_until timestamptz,
  ended_at     timestamptz,
  detail       text,
  problem      text,
  constraint report_delivery_pk primary key (id),
  constraint report_delivery_order_fk foreign key (order_id) references report_order (id) on delete cascade,
  constraint report_delivery_address_uq unique (order_id, address),
  constraint report_delivery_state_ck check (state in ('waiting', 'sent', 'dead')),
  constraint report_delivery_end_ck check ((state = 'waiting') = (ended_at is null))
);
create index report_delivery_waiting_ix on report_delivery (next_at, id) where state = 'waiting';
create index report_delivery_dead_ix on report_delivery (id) where state = 'dead';
`;

const DOWN = 'drop table report_delivery, report_missed, report_slot, report_schedule';

export class ReportSchedules1795845000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
