/*
 * Silences, those that are over among them: who wanted one, why and until when, stays known.
 */
import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { SilenceMatch } from '../domain/silence.js';

@Entity('alert_silence')
@Index('alert_silence_until_ix', ['until'], { where: 'ended_at IS NULL' })
@Check('alert_silence_ended_ck', '(ended_at is null) = (ended_by is null)')
export class SilenceRow {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'alert_silence_pk',
  })
  id!: string;

  @Column('jsonb')
  match!: SilenceMatch;

  @Column('text')
  why!: string;

  @Column({ name: 'made_at', type: 'timestamptz' })
  madeAt!: Date;

  @Column({ name: 'made_by', type: 'text' })
  madeBy!: string;

  /** From then on it holds. */
  @Column({ name: 'begins_at', type: 'timestamptz' })
  beginsAt!: Date;

  /** When it ends by itself. */
  @Column('timestamptz')
  until!: Date;

  /** When somebody has ended it before. */
  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt!: Date | null;

  @Column({ name: 'ended_by', type: 'text', nullable: true })
  endedBy!: string | null;
}
