/*
 * Who has signed an attestation, and for what: appended, never changed, by a trigger as well as by habit.
 */
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { Report } from '../reports.entities.js';

@Entity('report_signoff')
@Unique('report_signoff_once_uq', ['reportId', 'owner'])
@Index('report_signoff_owner_ix', ['owner', 'id'])
export class ReportSignOff {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'report_signoff_pk',
  })
  id!: string;

  @Column({ name: 'report_id', type: 'bigint' })
  reportId!: string;

  @ManyToOne(() => Report)
  @JoinColumn({ name: 'report_id', foreignKeyConstraintName: 'report_signoff_report_fk' })
  report?: Report;

  /** Who answers for it. */
  @Column('text')
  owner!: string;

  /** Who has signed, as the record names them. */
  @Column('text')
  by!: string;

  @Column('timestamptz')
  at!: Date;

  /** What they have signed, in the report's words. */
  @Column('text')
  statement!: string;

  @Column({ type: 'text', nullable: true })
  comment!: string | null;

  /** Of the evidence that they had before them. */
  @Column({ name: 'snapshot_sha256', type: 'text' })
  snapshotSha256!: string;
}
