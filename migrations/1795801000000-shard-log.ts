/*
 * What shards see is written down by position, and put together once, when all of them have ended: a large scan's shard
 * touches each of its hosts. A run whose shards have ended is `scanned` until then.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table shard_log (
  id        bigint generated always as identity,
  shard_id  bigint not null,
  words     jsonb not null,
  runs      bytea not null,
  times     jsonb not null,
  again     jsonb not null,
  beyond    jsonb not null,
  at        timestamptz not null,
  constraint shard_log_pk primary key (id),
  constraint shard_log_shard_fk foreign key (shard_id) references shard (id) on delete cascade
);
create index shard_log_shard_ix on shard_log (shard_id, id);
alter table run
  drop constraint run_state_ck,
  add constraint run_state_ck check (state in ('due', 'scanning', 'scanned', 'observed', 'compared', 'finished'));
`;

const DOWN = `
update run set state = 'observed' where state = 'scanned';
alter table run
  drop constraint run_state_ck,
  add constraint run_state_ck check (state in ('due', 'scanning', 'observed', 'compared', 'finished'));
drop table shard_log;
`;

export class ShardLog1795801000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
