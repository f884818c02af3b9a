/*
 * Who is to be told of which finding, what they have been told, and the messages on their way. Findings' own history is the
 * outbox: it is written in the transaction that moves them, and `alert_cursor` says how far it has been read.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table alert_cursor (
  id        integer not null default 1,
  event_id  bigint not null default 0,
  constraint alert_cursor_pk primary key (id),
  constraint alert_cursor_one_ck check (id = 1)
);
insert into alert_cursor default values;

create table alert_notice (
  receiver         text not null,
  finding_id       bigint not null,
  group_key        text not null,
  audit            text,
  pending_cause    text,
  pending_since    timestamptz,
  pending_due      timestamptz,
  pending_because  text,
  told_cause       text,
  told_at          timestamptz,
  thread           text,
  constraint alert_notice_pk primary key (receiver, finding_id),
  constraint alert_notice_finding_fk foreign key (finding_id) references finding (id),
  constraint alert_notice_pending_ck check ((pending_cause is null) = (pending_due is null))
);
create index alert_notice_due_ix on alert_notice (pending_due) where pending_cause is not null;
create index alert_notice_finding_ix on alert_notice (finding_id);
create index alert_notice_group_ix on alert_notice (receiver, group_key);

create table alert_delivery (
  id            bigint generated always as identity,
  key           text not null,
  receiver      text not null,
  thread        text not null,
  cause         text not null,
  because       text not null,
  alert         jsonb not null,
  made_at       timestamptz not null,
  state         text not null,
  attempts      integer not null default 0,
  taken         jsonb not null default '[]',
  leased_until  timestamptz,
  ended_at      timestamptz,
  detail        text,
  problem       text,
  constraint alert_delivery_pk primary key (id),
  constraint alert_delivery_key_uq unique (key),
  constraint alert_delivery_state_ck check (state in ('waiting', 'sent', 'dead'))
);
create index alert_delivery_waiting_ix on alert_delivery (receiver, id) where state = 'waiting';

create table alert_delivery_finding (
  delivery_id  bigint not null,
  finding_id   bigint not null,
  constraint alert_delivery_finding_pk primary key (finding_id, delivery_id),
  constraint alert_delivery_finding_delivery_fk foreign key (delivery_id) references alert_delivery (id) on delete cascade,
  constraint alert_delivery_finding_finding_fk foreign key (finding_id) references finding (id)
);

create table alert_condition (
  name    text not null,
  since   timestamptz not null,
  thread  text not null,
  constraint alert_condition_pk primary key (name)
);

create table alert_lane (
  receiver  text not null,
  failures  integer not null,
  next_at   timestamptz not null,
  problem   text,
  constraint alert_lane_pk primary key (receiver)
);
`;

const DOWN = `
drop table alert_lane, alert_condition, alert_delivery_finding, alert_delivery, alert_notice, alert_cursor;
`;

export class Alerts1795810000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
