/*
 * What the scheduler remembers: of each audit up to where its slots are dealt with, and the slots that had no run.
 */
import { Check, Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import type { SkipReason } from '../domain/agenda.js';

/** What the scheduler remembers of an audit. */
@Entity('agenda')
@Check('agenda_paused_ck', '(paused_at is null) = (paused_by is null)')
export class AgendaRow {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'agenda_pk' })
  audit!: string;

  /** By which slots were counted last, as domain/schedule.ts writes it: it holds until another one was loaded. */
  @Column('text')
  schedule!: string;

  /** Every slot up to here has its run, or stands among the skipped. */
  @Column({ name: 'judged_to', type: 'timestamptz' })
  judgedTo!: Date;

  @Column({ name: 'paused_at', type: 'timestamptz', nullable: true })
  pausedAt!: Date | null;

  @Column({ name: 'paused_by', type: 'text', nullable: true })
  pausedBy!: string | null;

  @Column({ name: 'paused_why', type: 'text', nullable: true })
  pausedWhy!: string | null;
}

/** Slots that follow each other, and of which no run was made, for one reason. */
@Entity('skipped_slots')
@Index('skipped_slots_audit_ix', ['audit', 'id'])
@Check('skipped_slots_why_ck', `why in ('down', 'overlap', 'paused', 'blackout')`)
@Check('skipped_slots_order_ck', 'first_due <= last_due and slots > 0')
export class SkippedSlots {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'skipped_slots_pk',
  })
  id!: string;

  @Column('text')
  audit!: string;

  @Column({ name: 'first_due', type: 'timestamptz' })
  firstDue!: Date;

  @Column({ name: 'last_due', type: 'timestamptz' })
  lastDue!: Date;

  @Column('integer')
  slots!: number;

  /** There were more than anybody counts. */
  @Column({ name: 'is_at_least', type: 'boolean' })
  isAtLeast!: boolean;

  @Column('text')
  why!: SkipReason;

  /** The blackout's name, or who paused the audit. */
  @Column('text')
  detail!: string;

  @Column({ name: 'noted_at', type: 'timestamptz' })
  notedAt!: Date;
}
