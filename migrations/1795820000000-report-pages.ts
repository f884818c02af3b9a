/*
 * A report's snapshot in the parts in which it is read: what a page shows of a large run is found without reading all of it.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table report_page (
  report_id bigint not null,
  number integer not null,
  content json not null,
  constraint report_page_pk primary key (report_id, number),
  constraint report_page_report_fk foreign key (report_id) references report (id) on delete cascade
);
`;

const DOWN = `
drop table report_page;
`;

export class ReportPages1795820000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
