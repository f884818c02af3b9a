/*
 * The record of who did what. It is added to and never changed: the database itself refuses that. A deed that manages something is
 * written down before it is done; how it ended is another entry, which says of what it is the end.
 */
import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

@Entity('audit_log')
@Index('audit_log_actor_ix', ['actor', 'id'])
@Index('audit_log_intent_ix', ['intentId'], { where: 'intent_id is not null' })
export class AuditLogRow {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'audit_log_pk',
  })
  id!: string;

  @Column('timestamptz')
  at!: Date;

  @Column('text')
  actor!: string;

  /** Not a reference: what somebody did is known longer than they are. */
  @Column({ name: 'account_id', type: 'bigint', nullable: true })
  accountId!: string | null;

  /** From where; null where it was done at the machine. */
  @Column({ type: 'text', nullable: true })
  address!: string | null;

  @Column('text')
  action!: string;

  @Column({ type: 'text', nullable: true })
  subject!: string | null;

  @Column('text')
  outcome!: string;

  /** The entry that was written before. */
  @Column({ name: 'intent_id', type: 'bigint', nullable: true })
  intentId!: string | null;
}
