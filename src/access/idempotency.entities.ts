/*
 * Requests that came with a key of their own, for a day. Neither the key nor what was asked stands here but as digests, and of the
 * answers none that is shown once.
 */
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('idempotent_write')
@Index('idempotent_write_begun_ix', ['begunAt'])
@Check('idempotent_write_answer_ck', 'answer is null or ended_at is not null')
export class IdempotentWriteRow {
  /** Of the key and of who has sent it. */
  @PrimaryColumn({ name: 'key_hash', type: 'text', primaryKeyConstraintName: 'idempotent_write_pk' })
  keyHash!: string;

  /** Of what was asked, under the key: whoever does not have that can't try out what it may have been. */
  @Column('text')
  fingerprint!: string;

  @Column({ name: 'begun_at', type: 'timestamptz' })
  begunAt!: Date;

  /** Null while it goes on, and where nobody knows how it ended. */
  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt!: Date | null;

  /** Null where it is not kept. */
  @Column({ type: 'text', nullable: true })
  answer!: string | null;
}
