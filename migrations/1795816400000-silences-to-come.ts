/*
 * A silence may begin later: a change of tonight is known in the afternoon. Those that there are began when they were made.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
alter table alert_silence add column begins_at timestamptz;
update alert_silence set begins_at = made_at;
alter table alert_silence alter column begins_at set not null;
`;

export class SilencesToCome1795816400000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table alert_silence drop column begins_at');
  }
}
