/*
 * The history of declared ports: intervals in which nothing changed, hours added up, and a mark for every run that is in
 * them. The marks outlive what they stand for: without one, a run would be taken again.
 */
import {
  Check,
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  Unique,
} from 'typeorm';
import type { HistoryState } from '../domain/history.js';
import type { PortState } from '../domain/observation.js';

@Entity('port_interval')
@Unique('port_interval_start_uq', ['address', 'port', 'vantage', 'from', 'state'])
@Index('port_interval_from_ix', ['from'])
@Check('port_interval_state_ck', `state in ('as-declared', 'failing', 'unknown')`)
@Check('port_interval_observed_ck', `observed in ('open', 'closed', 'filtered', 'unreachable', 'unknown')`)
@Check('port_interval_order_ck', 'from_at <= until_at')
export class PortInterval {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'port_interval_pk',
  })
  id!: string;

  @Column('text')
  address!: string;

  @Column('integer')
  port!: number;

  @Column('text')
  vantage!: string;

  @Column('text')
  host!: string;

  @Column({ type: 'text', nullable: true })
  service!: string | null;

  @Column({ type: 'text', nullable: true })
  owner!: string | null;

  @Column('text')
  state!: HistoryState;

  @Column('text')
  observed!: PortState;

  @Column({ name: 'from_at', type: 'timestamptz' })
  from!: Date;

  @Column({ name: 'until_at', type: 'timestamptz' })
  until!: Date;
}

@Entity('port_hour')
@Index('port_hour_hour_ix', ['hour'])
@Check('port_hour_times_ck', '(connects = 0) = (min_ms is null) and (connects = 0) = (max_ms is null)')
export class PortHourRow {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'port_hour_pk' })
  address!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'port_hour_pk' })
  port!: number;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'port_hour_pk' })
  vantage!: string;

  @PrimaryColumn({ type: 'timestamptz', primaryKeyConstraintName: 'port_hour_pk' })
  hour!: Date;

  /** Looks, by what they found. */
  @Column({ name: 'as_declared', type: 'integer' })
  asDeclared!: number;

  @Column('integer')
  failing!: number;

  @Column('integer')
  unknown!: number;

  @Column('integer')
  connects!: number;

  /** Milliseconds from SYN to SYN-ACK. */
  @Column({ name: 'sum_ms', type: 'double precision' })
  sumMs!: number;

  @Column({ name: 'min_ms', type: 'double precision', nullable: true })
  minMs!: number | null;

  @Column({ name: 'max_ms', type: 'double precision', nullable: true })
  maxMs!: number | null;
}

@Entity('history_mark')
export class HistoryMark {
  @PrimaryColumn({ name: 'run_id', type: 'bigint', primaryKeyConstraintName: 'history_mark_pk' })
  runId!: string;

  /** Runs belong to another feature: named, not imported. */
  @ManyToOne('Run', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'run_id', foreignKeyConstraintName: 'history_mark_run_fk' })
  run?: object;

  @Column('timestamptz')
  at!: Date;

  /** Why the run has left nothing behind; null where it has been taken in. */
  @Column({ type: 'text', nullable: true })
  because!: string | null;
}
