/*
 * What shards saw, as it was written while they were worked on: kept until the scan is collated, for collation.ts.
 */
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn } from 'typeorm';
import type { Word } from '../domain/shard-log.js';
import { Shard } from './scans.entities.js';
import type { Beyond, LogEntry } from './shard-log.js';

@Entity('shard_log')
@Index('shard_log_shard_ix', ['shardId', 'id'])
export class ShardLogEntry {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'shard_log_pk',
  })
  id!: string;

  @Column({ name: 'shard_id', type: 'bigint' })
  shardId!: string;

  @ManyToOne(() => Shard, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'shard_id', foreignKeyConstraintName: 'shard_log_shard_fk' })
  shard?: Shard;

  @Column('jsonb')
  words!: Word[];

  @Column('bytea')
  runs!: Buffer;

  @Column('jsonb')
  times!: number[];

  @Column('jsonb')
  again!: LogEntry['again'];

  @Column('jsonb')
  beyond!: Beyond[];

  @Column('timestamptz')
  at!: Date;
}
