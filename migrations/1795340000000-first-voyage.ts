/*
 * The first schema: an inventory's versions, runs with their scans, shards and observations, findings with their
 * history, reports. Ports are sets (int4multirange), never a row a port. What must never change is kept from
 * changing by the database itself: history is appended, a report's snapshot stays as it was made.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table inventory_version (
  id          bigint generated always as identity,
  path        text not null,
  sha256      text not null,
  sources     jsonb not null,
  loaded_at   timestamptz not null,
  constraint inventory_version_pk primary key (id)
);

create table run (
  id                    bigint generated always as identity,
  audit                 text not null,
  due_at                timestamptz not null,
  trigger               text not null,
  inventory_version_id  bigint not null,
  vantage               text not null,
  state                 text not null,
  resolved              jsonb not null default '{}',
  verdict               text,
  because               text,
  coverage              jsonb,
  judged                jsonb,
  stumbles              integer not null default 0,
  started_at            timestamptz,
  finished_at           timestamptz,
  constraint run_pk primary key (id),
  constraint run_slot_uq unique (audit, due_at),
  constraint run_inventory_version_fk foreign key (inventory_version_id) references inventory_version (id),
  constraint run_trigger_ck check (trigger in ('schedule', 'manual')),
  constraint run_state_ck check (state in ('due', 'scanning', 'observed', 'compared', 'finished')),
  constraint run_verdict_ck check (verdict in ('clean', 'drift', 'inconclusive', 'failed'))
);
create index run_open_ix on run (state) where state <> 'finished';

create table scan (
  id          bigint generated always as identity,
  run_id      bigint not null,
  round       integer not null,
  targets     jsonb not null,
  settings    jsonb not null,
  probes      bigint not null,
  not_before  timestamptz not null,
  finished_at timestamptz,
  constraint scan_pk primary key (id),
  constraint scan_round_uq unique (run_id, round),
  constraint scan_run_fk foreign key (run_id) references run (id) on delete cascade
);

create table shard (
  id            bigint generated always as identity,
  scan_id       bigint not null,
  from_position bigint not null,
  to_position   bigint not null,
  state         text not null,
  probed        bigint not null default 0,
  attempts      integer not null default 0,
  leased_until  timestamptz,
  constraint shard_pk primary key (id),
  constraint shard_range_uq unique (scan_id, from_position),
  constraint shard_scan_fk foreign key (scan_id) references scan (id) on delete cascade,
  constraint shard_state_ck check (state in ('waiting', 'leased', 'done', 'given-up'))
);

create table observed_host (
  scan_id     bigint not null,
  address     inet not null,
  open        int4multirange not null,
  closed      int4multirange not null,
  filtered    int4multirange not null,
  unreachable int4multirange not null,
  unknown     int4multirange not null,
  reasons     jsonb not null,
  connect_ms  jsonb not null,
  at          timestamptz not null,
  constraint observed_host_pk primary key (scan_id, address),
  constraint observed_host_scan_fk foreign key (scan_id) references scan (id) on delete cascade
);

create table finding (
  id               bigint generated always as identity,
  key              text not null,
  kind             text not null,
  host             text not null,
  address          text,
  port             integer,
  declared         text,
  observed         text,
  service          text,
  owner            text,
  severity         text not null,
  severity_reasons jsonb not null,
  evidence         text not null,
  state            text not null,
  confirmations    integer not null,
  first_seen       timestamptz not null,
  last_seen        timestamptz not null,
  opened_at        timestamptz,
  resolved_at      timestamptz,
  accepted_until   date,
  reopened         integer not null,
  evidence_at      timestamptz not null,
  constraint finding_pk primary key (id),
  constraint finding_key_uq unique (key),
  constraint finding_state_ck check (state in ('suspected', 'open', 'acknowledged', 'accepted', 'resolved'))
);

create table finding_event (
  id          bigint generated always as identity,
  finding_id  bigint not null,
  run_id      bigint,
  at          timestamptz not null,
  actor       text not null,
  from_state  text,
  to_state    text not null,
  why         text not null,
  constraint finding_event_pk primary key (id),
  constraint finding_event_finding_fk foreign key (finding_id) references finding (id),
  constraint finding_event_run_fk foreign key (run_id) references run (id)
);
create index finding_event_finding_ix on finding_event (finding_id, id);
create index finding_event_run_ix on finding_event (run_id);

create table report (
  id              bigint generated always as identity,
  run_id          bigint not null,
  made_at         timestamptz not null,
  snapshot        text not null,
  snapshot_sha256 text not null,
  pdf             bytea,
  pdf_sha256      text,
  printed_at      timestamptz,
  problem         text,
  attempts        integer not null default 0,
  constraint report_pk primary key (id),
  constraint report_run_uq unique (run_id),
  constraint report_run_fk foreign key (run_id) references run (id)
);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only; a row of it is never changed or deleted', tg_table_name;
end $$;
create trigger finding_event_append_only before update or delete on finding_event
  for each row execute function refuse_change();
create trigger finding_event_kept before truncate on finding_event
  for each statement execute function refuse_change();
create trigger report_snapshot_immutable before update of snapshot, snapshot_sha256, made_at, run_id on report
  for each row execute function refuse_change();
create trigger report_kept before delete on report
  for each row execute function refuse_change();
create trigger reports_kept before truncate on report
  for each statement execute function refuse_change();
`;

const DOWN = `
drop table report, finding_event, finding, observed_host, shard, scan, run, inventory_version;
drop function refuse_change;
`;

export class FirstVoyage1795340000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
