/*
 * What every declared port was found to be: intervals, hours, and which runs are in them. The unique constraint is also the
 * way to a port's latest interval; `until_at` moves with every look and stands in no index, so that this costs no more than
 * the row.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table port_interval (
  id       bigint generated always as identity,
  address  text not null,
  port     integer not null,
  vantage  text not null,
  host     text not null,
  service  text,
  owner    text,
  state    text not null,
  observed text not null,
  from_at  timestamptz not null,
  until_at timestamptz not null,
  constraint port_interval_pk primary key (id),
  constraint port_interval_start_uq unique (address, port, vantage, from_at, state),
  constraint port_interval_state_ck check (state in ('as-declared', 'failing', 'unknown')),
  constraint port_interval_observed_ck check (observed in ('open', 'closed', 'filtered', 'unreachable', 'unknown')),
  constraint port_interval_order_ck check (from_at <= until_at)
) with (fillfactor = 85);

create table port_hour (
  address     text not null,
  port        integer not null,
  vantage     text not null,
  hour        timestamptz not null,
  as_declared integer not null,
  failing     integer not null,
  unknown     integer not null,
  connects    integer not null,
  sum_ms      double precision not null,
  min_ms      double precision,
  max_ms      double precision,
  constraint port_hour_pk primary key (address, port, vantage, hour),
  constraint port_hour_times_ck check ((connects = 0) = (min_ms is null) and (connects = 0) = (max_ms is null))
);
create index port_hour_hour_ix on port_hour (hour);

create table history_mark (
  run_id  bigint not null,
  at      timestamptz not null,
  because text,
  constraint history_mark_pk primary key (run_id),
  constraint history_mark_run_fk foreign key (run_id) references run (id) on delete cascade
);
`;

const DOWN = `
drop table history_mark;
drop table port_hour;
drop table port_interval;
`;

export class History1795800000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
