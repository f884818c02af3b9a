/*
 * What each address was last seen to be, so that a page need not read through a month of looks; which runs are in it; and the way
 * to the findings that live, by address: a tenth of all, and what every picture asks for.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table charted_host (
  address     text not null,
  vantage     text not null,
  open        int4multirange not null,
  closed      int4multirange not null,
  filtered    int4multirange not null,
  unreachable int4multirange not null,
  unknown     int4multirange not null,
  looks       jsonb not null,
  at          timestamptz not null,
  constraint charted_host_pk primary key (address, vantage)
) with (fillfactor = 85);

create table chart_mark (
  id      bigint generated always as identity,
  run_id  bigint not null,
  at      timestamptz not null,
  because text,
  constraint chart_mark_pk primary key (id),
  constraint chart_mark_run_uq unique (run_id),
  constraint chart_mark_run_fk foreign key (run_id) references run (id) on delete cascade
);

create index finding_alive_ix on finding (address, port, state, severity) where state <> 'resolved';
`;

const DOWN = `
drop index finding_alive_ix;
drop table chart_mark;
drop table charted_host;
`;

export class Chart1795816000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
