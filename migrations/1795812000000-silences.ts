/*
 * Silences: for a while nobody is told of what they fit; and which of them holds a notice, so that one that is ended before
 * its time lets go of it.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table alert_silence (
  id        bigint generated always as identity,
  match     jsonb not null,
  why       text not null,
  made_at   timestamptz not null,
  made_by   text not null,
  until     timestamptz not null,
  ended_at  timestamptz,
  ended_by  text,
  constraint alert_silence_pk primary key (id),
  constraint alert_silence_ended_ck check ((ended_at is null) = (ended_by is null))
);
create index alert_silence_until_ix on alert_silence (until) where ended_at is null;

alter table alert_notice add column held_by bigint;
alter table alert_notice add constraint alert_notice_held_fk foreign key (held_by) references alert_silence (id);
create index alert_notice_held_ix on alert_notice (held_by) where held_by is not null;
`;

const DOWN = `
alter table alert_notice drop column held_by;
drop table alert_silence;
`;

export class Silences1795812000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
