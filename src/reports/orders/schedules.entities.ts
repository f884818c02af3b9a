/*
 * Reports that are made by themselves: how far each schedule was dealt with, which order came of which slot, the slots that none came of,
 * and the mails that each report is sent in, one an address.
 *
 *   delivery:   waiting ──► sent
 *                  └──────► dead: refused for good, too old, or there is no report; may be sent again by hand
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
import { ReportOrder } from './orders.entities.js';

@Entity('report_schedule')
export class ReportScheduleRow {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'report_schedule_pk' })
  name!: string;

  /** Its times, in a line: others begin anew. */
  @Column('text')
  key!: string;

  /** Every slot up to then has its order, or is among the missed. After runs: those that have ended since. */
  @Column({ name: 'judged_to', type: 'timestamptz' })
  judgedTo!: Date;
}

@Entity('report_slot')
@Index('report_slot_schedule_ix', ['schedule', 'orderId'])
export class ReportSlot {
  @PrimaryColumn({ name: 'order_id', type: 'bigint', primaryKeyConstraintName: 'report_slot_pk' })
  orderId!: string;

  @ManyToOne(() => ReportOrder, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'order_id', foreignKeyConstraintName: 'report_slot_order_fk' })
  order?: ReportOrder;

  @Column('text')
  schedule!: string;

  @Column('timestamptz')
  at!: Date;

  /** The run after which it was made. */
  @Column({ name: 'run_id', type: 'bigint', nullable: true })
  runId!: string | null;

  /** Whom it is about. */
  @Column({ type: 'text', nullable: true })
  owner!: string | null;
}

/** `replaced` and `removed`: nobody wanted it any more; `refused`: it could not be asked for. */
export const MISSED_REASONS = ['down', 'replaced', 'removed', 'refused'] as const;
export type MissedReason = (typeof MISSED_REASONS)[number];

@Entity('report_missed')
@Unique('report_missed_slot_uq', ['schedule', 'owner', 'lastAt', 'why'])
@Index('report_missed_schedule_ix', ['schedule', 'id'])
@Check('report_missed_why_ck', `why in ('down', 'replaced', 'removed', 'refused')`)
export class ReportMissed {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'report_missed_pk',
  })
  id!: string;

  @Column('text')
  schedule!: string;

  /** Empty for all of them. */
  @Column('text')
  owner!: string;

  @Column({ name: 'first_at', type: 'timestamptz' })
  firstAt!: Date;

  @Column({ name: 'last_at', type: 'timestamptz' })
  lastAt!: Date;

  @Column('integer')
  slots!: number;

  @Column({ name: 'is_at_least', type: 'boolean' })
  isAtLeast!: boolean;

  @Column('text')
  why!: MissedReason;

  @Column('text')
  detail!: string;

  @Column({ name: 'noted_at', type: 'timestamptz' })
  notedAt!: Date;
}

@Entity('report_delivery')
@Unique('report_delivery_address_uq', ['orderId', 'address'])
@Index('report_delivery_waiting_ix', ['nextAt', 'id'], { where: `state = 'waiting'` })
@Index('report_delivery_dead_ix', ['id'], { where: `state = 'dead'` })
@Check('report_delivery_state_ck', `state in ('waiting', 'sent', 'dead')`)
@Check('report_delivery_end_ck', `(state = 'waiting') = (ended_at is null)`)
export class ReportDelivery {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'report_delivery_pk',
  })
  id!: string;

  @Column({ name: 'order_id', type: 'bigint' })
  orderId!: string;

  @ManyToOne(() => ReportOrder, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'order_id', foreignKeyConstraintName: 'report_delivery_order_fk' })
  order?: ReportOrder;

  /** As the inventory names it. */
  @Column('text')
  receiver!: string;

  @Column('text')
  address!: string;

  /** The report itself; else where it is, and nothing of what it says. */
  @Column({ name: 'is_whole', type: 'boolean' })
  isWhole!: boolean;

  @Column('text')
  state!: 'waiting' | 'sent' | 'dead';

  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  @Column({ name: 'made_at', type: 'timestamptz' })
  madeAt!: Date;

  @Column({ name: 'next_at', type: 'timestamptz' })
  nextAt!: Date;

  @Column({ name: 'leased_until', type: 'timestamptz', nullable: true })
  leasedUntil!: Date | null;

  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt!: Date | null;

  /** What the other side said when it took it. */
  @Column({ type: 'text', nullable: true })
  detail!: string | null;

  /** Why the last try did not succeed. */
  @Column({ type: 'text', nullable: true })
  problem!: string | null;
}
