/*
 * What lists of messages ask for: those of a receiver, those that nobody took, and since when a receiver can't be reached.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create index alert_delivery_receiver_ix on alert_delivery (receiver, id);
create index alert_delivery_dead_ix on alert_delivery (id) where state = 'dead';
create index alert_delivery_made_ix on alert_delivery (made_at);
alter table alert_lane add column since timestamptz;
`;

const DOWN = `
alter table alert_lane drop column since;
drop index alert_delivery_made_ix;
drop index alert_delivery_dead_ix;
drop index alert_delivery_receiver_ix;
`;

export class Messages1795816300000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
