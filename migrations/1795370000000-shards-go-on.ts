/*
 * Shards that go on from where they were interrupted, and say which engine probed them. Positions below `settled_to`
 * have been judged, and what was seen there is in observed_host.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
alter table shard
  add column settled_to bigint not null default 0,
  add column engine text;
`;

const DOWN = `
alter table shard
  drop column settled_to,
  drop column engine;
`;

export class ShardsGoOn1795370000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
