/*
 * What each address was last seen to be, and which runs are in it. All of it can be made anew from the looks that are kept;
 * beyond those, it is what remains of them.
 */
import {
  Column,
  Entity,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  Unique,
} from 'typeorm';
import type { PortSet } from '../domain/port-set.js';
import { PORT_SET_COLUMN } from '../platform/port-set-column.js';

/** A look as it lies in the database: its ports in nmap's notation. */
export interface StoredLook {
  readonly audit: string;
  readonly run: string;
  readonly order: number;
  readonly at: string;
  readonly ports: string;
}

@Entity('charted_host')
export class ChartedHost {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'charted_host_pk' })
  address!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'charted_host_pk' })
  vantage!: string;

  @Column(PORT_SET_COLUMN)
  open!: PortSet;

  @Column(PORT_SET_COLUMN)
  closed!: PortSet;

  @Column(PORT_SET_COLUMN)
  filtered!: PortSet;

  @Column(PORT_SET_COLUMN)
  unreachable!: PortSet;

  @Column(PORT_SET_COLUMN)
  unknown!: PortSet;

  @Column('jsonb')
  looks!: StoredLook[];

  @Column('timestamptz')
  at!: Date;
}

/** Its id grows with every run that comes in: where it is the same, the chart is. */
@Entity('chart_mark')
@Unique('chart_mark_run_uq', ['runId'])
export class ChartMark {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'chart_mark_pk',
  })
  id!: string;

  @Column({ name: 'run_id', type: 'bigint' })
  runId!: string;

  /** Runs belong to another feature: named, not imported. */
  @ManyToOne('Run', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'run_id', foreignKeyConstraintName: 'chart_mark_run_fk' })
  run?: object;

  @Column('timestamptz')
  at!: Date;

  /** Why it was passed over; null where it is in. */
  @Column({ type: 'text', nullable: true })
  because!: string | null;
}
