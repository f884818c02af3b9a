/*
 * What was asked for, and who has fetched what came of it. An order waits until it ends, once: as a report, or refused, or failed, with
 * why. A schedule asks once for each of its slots, whoever asks for it how often.
 */
import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, Unique } from 'typeorm';
import type { ReportParameters } from '../../domain/report/parameters.js';
import { Report } from '../reports.entities.js';

/** `refused`: it can't be had as it was asked for, or does not add up; `failed`: it may work another time. */
export const OUTCOMES = ['made', 'refused', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const WAYS_TO_FETCH = ['page', 'api', 'cli', 'mail'] as const;
export type WayToFetch = (typeof WAYS_TO_FETCH)[number];

@Entity('report_order')
@Unique('report_order_slot_uq', ['schedule', 'slot'])
@Index('report_order_waiting_ix', ['id'], { where: 'ended_at is null' })
@Index('report_order_unmade_ix', ['id'], { where: 'report_id is null' })
@Index('report_order_report_ix', ['reportId'])
@Check('report_order_slot_ck', '(schedule is null) = (slot is null)')
@Check('report_order_outcome_ck', `outcome in ('made', 'refused', 'failed')`)
@Check('report_order_end_ck', '(ended_at is null) = (outcome is null)')
@Check('report_order_made_ck', `(report_id is not null) = (outcome is not null and outcome = 'made')`)
export class ReportOrder {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'report_order_pk',
  })
  id!: string;

  @Column('text')
  kind!: ReportParameters['kind'];

  @Column('json')
  parameters!: ReportParameters;

  /** Whoever asked, as the record names them. */
  @Column({ name: 'asked_by', type: 'text' })
  askedBy!: string;

  @Column({ name: 'asked_at', type: 'timestamptz' })
  askedAt!: Date;

  /** The name of the schedule that asked, and for when; null where somebody did. */
  @Column({ type: 'text', nullable: true })
  schedule!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  slot!: Date | null;

  /** A server is at it until then, and goes on saying so; after that another takes it. */
  @Column({ name: 'leased_until', type: 'timestamptz', nullable: true })
  leasedUntil!: Date | null;

  /** How often one has begun. */
  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt!: Date | null;

  @Column({ type: 'text', nullable: true })
  outcome!: Outcome | null;

  @Column({ name: 'report_id', type: 'bigint', nullable: true })
  reportId!: string | null;

  @ManyToOne(() => Report)
  @JoinColumn({ name: 'report_id', foreignKeyConstraintName: 'report_order_report_fk' })
  report?: Report | null;

  /** Why there is no report, or why the last attempt came to nothing. */
  @Column({ type: 'text', nullable: true })
  problem!: string | null;
}

@Entity('report_fetch')
@Index('report_fetch_report_ix', ['reportId', 'id'])
@Check('report_fetch_how_ck', `how in ('page', 'api', 'cli', 'mail')`)
export class ReportFetch {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'report_fetch_pk',
  })
  id!: string;

  @Column({ name: 'report_id', type: 'bigint' })
  reportId!: string;

  @ManyToOne(() => Report)
  @JoinColumn({ name: 'report_id', foreignKeyConstraintName: 'report_fetch_report_fk' })
  report?: Report;

  @Column('timestamptz')
  at!: Date;

  @Column('text')
  by!: string;

  @Column('text')
  how!: WayToFetch;

  /** `pdf`, `csv`, … */
  @Column('text')
  form!: string;
}
