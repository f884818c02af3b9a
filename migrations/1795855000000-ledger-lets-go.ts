/*
 * The ledger says which reports were let go of: noted in the transaction that does it, as the ends of runs are.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create trigger report_let_go_ledger_due after update of let_go_at on report
  for each row when (new.let_go_at is not null) execute function note_ledger_due('report-let-go');
insert into ledger_due (source, row_id) select 'report-let-go', id from report where let_go_at is not null order by let_go_at, id;
`;

const DOWN = `
drop trigger report_let_go_ledger_due on report;
`;

export class LedgerLetsGo1795855000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
