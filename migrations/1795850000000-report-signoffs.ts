/*
 * Who has signed an attestation, for which owner, and for which evidence: by its hash, so that nobody can take it for another one's.
 * Appended, never changed.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table report_signoff (
  id              bigint generated always as identity,
  report_id       bigint not null,
  owner           text not null,
  by              text not null,
  at              timestamptz not null,
  statement       text not null,
  comment         text,
  snapshot_sha256 text not null,
  constraint report_signoff_pk primary key (id),
  constraint report_signoff_once_uq unique (report_id, owner),
  constraint report_signoff_report_fk foreign key (report_id) references report (id)
);
create index report_signoff_owner_ix on report_signoff (owner, id);
create trigger report_signoff_append_only before update or delete on report_signoff
  for each row execute function refuse_change();
create trigger report_signoff_kept before truncate on report_signoff
  for each statement execute function refuse_change();
`;

export class ReportSignoffs1795850000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table report_signoff');
  }
}
