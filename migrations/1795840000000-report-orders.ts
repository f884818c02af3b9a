/*
 * Reports that somebody, or a schedule, has asked for: the queue of what was asked, the report that came of it beside those of runs, and
 * who has fetched each. And what is let go of in time: of such a report the row stays, with its hashes, and its content goes, once and
 * whole. All else about a report is as unchangeable as it was.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
alter table report
  add column kind text not null default 'exposure',
  add column title text,
  add column parameters json,
  add column let_go_at timestamptz,
  alter column run_id drop not null,
  alter column snapshot drop not null,
  add constraint report_origin_ck check (run_id is not null or parameters is not null),
  add constraint report_let_go_ck check ((snapshot is null) = (let_go_at is not null) and (let_go_at is null or pdf is null));
create index report_ordered_ix on report (id) where run_id is null;
create index report_held_ix on report (made_at) where let_go_at is null;

create function refuse_report_change() returns trigger language plpgsql as $$
begin
  if old.let_go_at is null and new.let_go_at is not null and new.snapshot is null and new.pdf is null
    and (old.id, old.run_id, old.made_at, old.snapshot_sha256, old.pdf_sha256, old.kind, old.title, old.parameters::text)
      is not distinct from (new.id, new.run_id, new.made_at, new.snapshot_sha256, new.pdf_sha256, new.kind, new.title, new.parameters::text)
  then
    return new;
  end if;
  raise exception '% is append-only; a row of it is never changed or deleted', tg_table_name;
end $$;
drop trigger report_snapshot_immutable on report;
create trigger report_snapshot_immutable
  before update of id, snapshot, snapshot_sha256, made_at, run_id, kind, title, parameters, let_go_at on report
  for each row execute function refuse_report_change();

create table report_order (
  id           bigint generated always as identity,
  kind         text not null,
  parameters   json not null,
  asked_by     text not null,
  asked_at     timestamptz not null,
  schedule     text,
  slot         timestamptz,
  leased_until timestamptz,
  attempts     integer not null default 0,
  ended_at     timestamptz,
  outcome      text,
  report_id    bigint,
  problem      text,
  constraint report_order_pk primary key (id),
  constraint report_order_slot_uq unique (schedule, slot),
  constraint report_order_report_fk foreign key (report_id) references report (id),
  constraint report_order_slot_ck check ((schedule is null) = (slot is null)),
  constraint report_order_outcome_ck check (outcome in ('made', 'refused', 'failed')),
  constraint report_order_end_ck check ((ended_at is null) = (outcome is null)),
  constraint report_order_made_ck check ((report_id is not null) = (outcome is not null and outcome = 'made'))
);
create index report_order_waiting_ix on report_order (id) where ended_at is null;
create index report_order_unmade_ix on report_order (id) where report_id is null;
create index report_order_report_ix on report_order (report_id);

create table report_fetch (
  id        bigint generated always as identity,
  report_id bigint not null,
  at        timestamptz not null,
  by        text not null,
  how       text not null,
  form      text not null,
  constraint report_fetch_pk primary key (id),
  constraint report_fetch_report_fk foreign key (report_id) references report (id),
  constraint report_fetch_how_ck check (how in ('page', 'api', 'cli', 'mail'))
);
create index report_fetch_report_ix on report_fetch (report_id, id);
`;

const DOWN = `
drop table report_fetch, report_order;
drop trigger report_snapshot_immutable on report;
drop function refuse_report_change;
drop index report_ordered_ix, report_held_ix;
alter table report disable trigger report_kept;
delete from report where run_id is null or snapshot is null;
alter table report enable trigger report_kept;
alter table report
  drop column kind,
  drop column title,
  drop column parameters,
  drop column let_go_at,
  alter column run_id set not null,
  alter column snapshot set not null;
create trigger report_snapshot_immutable before update of snapshot, snapshot_sha256, made_at, run_id on report
  for each row execute function refuse_change();
`;

export class ReportOrders1795840000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
