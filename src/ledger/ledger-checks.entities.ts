/*
 * Checks of the whole ledger, those that somebody asked for and those of each day.
 *
 *   open ──► holds │ does-not-hold │ failed: it could not be brought to its end
 */
import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { LedgerTrouble } from './ledger-trouble.js';

const NUMBER = { to: (value: number) => value, from: Number };

export const CHECK_OUTCOMES = ['holds', 'does-not-hold', 'failed'] as const;
export type CheckOutcome = (typeof CHECK_OUTCOMES)[number];
export type KeptTrouble = Pick<LedgerTrouble, 'what' | 'entry' | 'source' | 'says'>;

@Entity('ledger_check')
@Index('ledger_check_open_uq', ['kind'], { unique: true, where: 'ended_at is null' })
@Check('ledger_check_kind_ck', `kind in ('asked', 'daily')`)
@Check('ledger_check_outcome_ck', `outcome in ('holds', 'does-not-hold', 'failed')`)
@Check('ledger_check_end_ck', '(ended_at is null) = (outcome is null)')
export class LedgerCheckRow {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'ledger_check_pk',
  })
  id!: string;

  @Column('text')
  kind!: 'asked' | 'daily';

  /** Whoever asked; null for that of a day. */
  @Column({ type: 'text', nullable: true })
  by!: string | null;

  @Column({ name: 'asked_at', type: 'timestamptz' })
  askedAt!: Date;

  /** A server is at it until then, and goes on saying so. */
  @Column({ name: 'leased_until', type: 'timestamptz', nullable: true })
  leasedUntil!: Date | null;

  /** How often a server has begun with it, or gone on. */
  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  /** The last entry that was checked. */
  @Column({ type: 'bigint', transformer: NUMBER })
  seq!: number;

  @Column('text')
  hash!: string;

  @Column({ type: 'integer', default: 0 })
  entries!: number;

  @Column({ type: 'bigint', default: 0, transformer: NUMBER })
  rows!: number;

  @Column({ type: 'integer', default: 0 })
  checkpoints!: number;

  /** Rows that were not recorded yet when it came to the end. */
  @Column({ type: 'integer', nullable: true })
  waiting!: number | null;

  /** The first of them; `troubleCount` is how many there are. */
  @Column({ type: 'jsonb', default: [] })
  troubles!: KeptTrouble[];

  @Column({ name: 'trouble_count', type: 'integer', default: 0 })
  troubleCount!: number;

  @Column({ type: 'jsonb', default: [] })
  notes!: string[];

  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt!: Date | null;

  @Column({ type: 'text', nullable: true })
  outcome!: CheckOutcome | null;

  /** Why it could not be brought to its end. */
  @Column({ type: 'text', nullable: true })
  problem!: string | null;
}
