/*
 * What the scanner saw of ports whose state was known, before a run and after each of its looks: the ground for believing
 * what else it saw, and kept beside it.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table gate_look (
  id        bigint generated always as identity,
  run_id    bigint not null,
  phase     text not null,
  at        timestamptz not null,
  blindness text,
  seen      jsonb not null,
  constraint gate_look_pk primary key (id),
  constraint gate_look_run_fk foreign key (run_id) references run (id) on delete cascade,
  constraint gate_look_phase_ck check (phase in ('before', 'after'))
);
create index gate_look_run_ix on gate_look (run_id, id);
`;

const DOWN = `
drop table gate_look;
`;

export class Gates1795773600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
