/*
 * Scans whose raw looks have been let go, so that nobody looks for them again; and what finds a run's scans, and an audit's
 * last runs, without reading all of them.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
alter table scan add column is_archived boolean not null default false;
create index scan_kept_ix on scan (id) where not is_archived;
create index scan_active_ix on scan (id) where finished_at is null;
create index run_audit_ix on run (audit, id);
create index finding_list_ix on finding (state, severity, last_seen, id);
`;

const DOWN = `
drop index finding_list_ix;
drop index run_audit_ix;
drop index scan_active_ix;
drop index scan_kept_ix;
alter table scan drop column is_archived;
`;

export class Archived1795784400000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
