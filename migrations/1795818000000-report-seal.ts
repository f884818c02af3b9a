/*
 * Who has signed a report's PDF and when it was time-stamped, or why it was not; and the key that reports are signed with, encrypted,
 * where servers share a database and were given none.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
alter table report
  add column signed_by          text,
  add column certificate_sha256 text,
  add column unsigned_because   text,
  add column stamped_at         timestamptz,
  add column stamped_by         text,
  add column unstamped_because  text,
  add constraint report_signer_ck check ((signed_by is null) = (certificate_sha256 is null)),
  add constraint report_signed_ck check (signed_by is null or unsigned_because is null),
  add constraint report_stamp_ck check ((stamped_at is null) = (stamped_by is null));

create table signing_key (
  id      text not null,
  cipher  bytea not null,
  key_id  text not null,
  made_at timestamptz not null,
  constraint signing_key_pk primary key (id)
);
`;

const DOWN = `
drop table signing_key;
alter table report
  drop column signed_by,
  drop column certificate_sha256,
  drop column unsigned_because,
  drop column stamped_at,
  drop column stamped_by,
  drop column unstamped_because;
`;

export class ReportSeal1795818000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
