/*
 * What each receiver is to be told and has been told of each finding, and the messages that came of it.
 *
 *   delivery:   waiting ──► sent
 *                  └──────► dead: the receiver refused it for good, or it grew too old; may be sent again by hand
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
import type { Alert, AlertCause } from '../domain/alert.js';
import { SilenceRow } from './silences.entities.js';

@Entity('alert_cursor')
@Check('alert_cursor_one_ck', 'id = 1')
export class AlertCursor {
  @PrimaryColumn({ type: 'integer', default: 1, primaryKeyConstraintName: 'alert_cursor_pk' })
  id!: number;

  /** Every step of a finding up to this one has been read. */
  @Column({ name: 'event_id', type: 'bigint', default: 0 })
  eventId!: string;
}

@Entity('alert_notice')
@Index('alert_notice_due_ix', ['pendingDue'], { where: 'pending_cause IS NOT NULL' })
@Index('alert_notice_finding_ix', ['findingId'])
@Index('alert_notice_group_ix', ['receiver', 'groupKey'])
@Index('alert_notice_held_ix', ['heldBy'], { where: 'held_by IS NOT NULL' })
@Check('alert_notice_pending_ck', '(pending_cause is null) = (pending_due is null)')
export class NoticeRow {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'alert_notice_pk' })
  receiver!: string;

  @PrimaryColumn({ name: 'finding_id', type: 'bigint', primaryKeyConstraintName: 'alert_notice_pk' })
  findingId!: string;

  /** Findings belong to another feature: named, not imported. */
  @ManyToOne('FindingRow')
  @JoinColumn({ name: 'finding_id', foreignKeyConstraintName: 'alert_notice_finding_fk' })
  finding?: never;

  /** What it is told together with. */
  @Column({ name: 'group_key', type: 'text' })
  groupKey!: string;

  /** Whose run has shown it; null where none has. */
  @Column({ type: 'text', nullable: true })
  audit!: string | null;

  @Column({ name: 'pending_cause', type: 'text', nullable: true })
  pendingCause!: AlertCause | null;

  @Column({ name: 'pending_since', type: 'timestamptz', nullable: true })
  pendingSince!: Date | null;

  @Column({ name: 'pending_due', type: 'timestamptz', nullable: true })
  pendingDue!: Date | null;

  @Column({ name: 'pending_because', type: 'text', nullable: true })
  pendingBecause!: string | null;

  @Column({ name: 'told_cause', type: 'text', nullable: true })
  toldCause!: AlertCause | null;

  @Column({ name: 'told_at', type: 'timestamptz', nullable: true })
  toldAt!: Date | null;

  /** Of the messages that it was told in. */
  @Column({ type: 'text', nullable: true })
  thread!: string | null;

  /** The silence that it waits for. */
  @Column({ name: 'held_by', type: 'bigint', nullable: true })
  heldBy!: string | null;

  @ManyToOne(() => SilenceRow)
  @JoinColumn({ name: 'held_by', foreignKeyConstraintName: 'alert_notice_held_fk' })
  silence?: SilenceRow;
}

@Entity('alert_delivery')
@Unique('alert_delivery_key_uq', ['key'])
@Index('alert_delivery_receiver_ix', ['receiver', 'id'])
@Index('alert_delivery_dead_ix', ['id'], { where: `state = 'dead'` })
@Index('alert_delivery_made_ix', ['madeAt'])
@Index('alert_delivery_waiting_ix', ['receiver', 'id'], { where: `state = 'waiting'` })
@Check('alert_delivery_state_ck', `state in ('waiting', 'sent', 'dead')`)
export class Delivery {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'alert_delivery_pk',
  })
  id!: string;

  /** The same on every try. */
  @Column('text')
  key!: string;

  @Column('text')
  receiver!: string;

  @Column('text')
  thread!: string;

  @Column('text')
  cause!: AlertCause;

  @Column('text')
  because!: string;

  @Column('jsonb')
  alert!: Alert;

  @Column({ name: 'made_at', type: 'timestamptz' })
  madeAt!: Date;

  @Column('text')
  state!: 'waiting' | 'sent' | 'dead';

  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  /** Addresses that have it, where others do not. */
  @Column({ type: 'jsonb', default: [] })
  taken!: string[];

  @Column({ name: 'leased_until', type: 'timestamptz', nullable: true })
  leasedUntil!: Date | null;

  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt!: Date | null;

  /** What the receiver said when it took it. */
  @Column({ type: 'text', nullable: true })
  detail!: string | null;

  /** Why the last try did not succeed. */
  @Column({ type: 'text', nullable: true })
  problem!: string | null;
}

@Entity('alert_delivery_finding')
export class DeliveryFinding {
  @PrimaryColumn({
    name: 'finding_id',
    type: 'bigint',
    primaryKeyConstraintName: 'alert_delivery_finding_pk',
  })
  findingId!: string;

  @PrimaryColumn({
    name: 'delivery_id',
    type: 'bigint',
    primaryKeyConstraintName: 'alert_delivery_finding_pk',
  })
  deliveryId!: string;

  @ManyToOne('FindingRow')
  @JoinColumn({ name: 'finding_id', foreignKeyConstraintName: 'alert_delivery_finding_finding_fk' })
  finding?: never;

  @ManyToOne(() => Delivery, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'delivery_id', foreignKeyConstraintName: 'alert_delivery_finding_delivery_fk' })
  delivery?: Delivery;
}

/** What is wrong with the watching, and has been told. */
@Entity('alert_condition')
export class ConditionRow {
  /** Its cause, and the audit's name. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'alert_condition_pk' })
  name!: string;

  @Column('timestamptz')
  since!: Date;

  @Column('text')
  thread!: string;
}

/** One a receiver that has failed: while it is away its messages wait together, and nobody else's. */
@Entity('alert_lane')
export class Lane {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'alert_lane_pk' })
  receiver!: string;

  @Column('integer')
  failures!: number;

  /** When the first of them was. */
  @Column({ type: 'timestamptz', nullable: true })
  since!: Date | null;

  @Column({ name: 'next_at', type: 'timestamptz' })
  nextAt!: Date;

  @Column({ type: 'text', nullable: true })
  problem!: string | null;
}
