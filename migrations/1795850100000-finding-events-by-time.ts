/*
 * What finds the steps of findings in a period, without reading all that were ever made.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class FindingEventsByTime1795850100000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('create index finding_event_at_ix on finding_event (at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop index finding_event_at_ix');
  }
}
