/*
 * Finds the acceptances that have ended among a year of steps: few of these begin with an accepted finding.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Acceptances1795816200000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `create index finding_event_accepted_ix on finding_event (id) where from_state = 'accepted'`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop index finding_event_accepted_ix');
  }
}
