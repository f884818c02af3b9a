/*
 * Findings in the orders in which they are listed, and what an owner has to do first, without sorting all that there are.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create index finding_newest_ix on finding (first_seen, id);
create index finding_place_ix on finding (host, coalesce(address, ''), coalesce(port, -1), id);
create index finding_owner_due_ix on finding (owner, severity, opened_at) where state in ('open', 'acknowledged');
create index finding_owner_resolved_ix on finding (owner, resolved_at) where state = 'resolved';
`;

const DOWN = `
drop index finding_owner_resolved_ix;
drop index finding_owner_due_ix;
drop index finding_place_ix;
drop index finding_newest_ix;
`;

export class FindingOrders1795819000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
