/*
 * The chain, its checkpoints, the key that signs them, and what has become final and is not recorded yet. Entries and checkpoints are
 * only added to: the database itself refuses anything else.
 */
import { Check, Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn, Unique } from 'typeorm';
import type { LedgerEntry } from '../domain/ledger.js';

const NUMBER = { to: (value: number) => value, from: Number };

@Entity('ledger_entry')
@Unique('ledger_entry_previous_uq', ['previous'])
@Unique('ledger_entry_range_uq', ['source', 'what', 'first'])
@Index('ledger_entry_source_ix', ['source', 'seq'])
@Check('ledger_entry_what_ck', `what in ('rows', 'let-go')`)
@Check('ledger_entry_order_ck', 'seq > 0 and first_id <= last_id')
export class LedgerEntryRow {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'ledger_entry_pk', transformer: NUMBER })
  seq!: number;

  /** To the millisecond, as it is hashed. */
  @Column({ type: 'timestamptz', precision: 3 })
  at!: Date;

  @Column('text')
  source!: string;

  @Column('text')
  what!: LedgerEntry['what'];

  @Column('integer')
  version!: number;

  @Column({ name: 'first_id', type: 'bigint' })
  first!: string;

  @Column({ name: 'last_id', type: 'bigint' })
  last!: string;

  @Column('integer')
  count!: number;

  @Column({ type: 'bigint', transformer: NUMBER })
  total!: number;

  @Column({ type: 'text', nullable: true })
  digest!: string | null;

  @Column('jsonb')
  about!: Record<string, string | null>;

  /** Of each row its id and the beginning of its digest, eight bytes each: they say where a difference is, and are not hashed. */
  @Column({ type: 'bytea', select: false })
  marks!: Buffer;

  @Column('text')
  previous!: string;

  @Column('text')
  hash!: string;
}

/** What has become final, in that order; filled by triggers (migrations/1795830000000-ledger.ts). */
@Entity('ledger_due')
@Unique('ledger_due_row_uq', ['source', 'rowId'])
export class LedgerDue {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'ledger_due_pk',
  })
  id!: string;

  @Column('text')
  source!: string;

  @Column({ name: 'row_id', type: 'bigint' })
  rowId!: string;
}

@Entity('ledger_checkpoint')
export class LedgerCheckpointRow {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'ledger_checkpoint_pk', transformer: NUMBER })
  seq!: number;

  @Column({ type: 'timestamptz', precision: 3 })
  at!: Date;

  @Column('text')
  hash!: string;

  @Column({ name: 'key_id', type: 'text' })
  keyId!: string;

  @Column({ name: 'public_key', type: 'text' })
  publicKey!: string;

  @Column('text')
  signature!: string;
}

/** The key that signs was changed: ledger-keys.ts says what the columns mean. */
@Entity('ledger_key_change')
@Unique('ledger_key_change_former_uq', ['keyId'])
@Unique('ledger_key_change_next_uq', ['nextKeyId'])
export class LedgerKeyChangeRow {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'ledger_key_change_pk',
  })
  id!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  at!: Date;

  @Column({ type: 'bigint', transformer: NUMBER })
  seq!: number;

  @Column('text')
  hash!: string;

  @Column({ name: 'key_id', type: 'text' })
  keyId!: string;

  @Column({ name: 'public_key', type: 'text' })
  publicKey!: string;

  @Column({ name: 'next_key_id', type: 'text' })
  nextKeyId!: string;

  @Column({ name: 'next_public_key', type: 'text' })
  nextPublicKey!: string;

  @Column('text')
  by!: string;

  @Column('text')
  why!: string;

  /** Of the former key; null where that was lost. */
  @Column({ type: 'text', nullable: true })
  signature!: string | null;
}

/** An Ed25519 key, encrypted (vault.ts). One for all servers. */
@Entity('ledger_key')
export class LedgerKeyRow {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'ledger_key_pk' })
  id!: string;

  @Column({ name: 'public_key', type: 'text' })
  publicKey!: string;

  @Column('bytea')
  cipher!: Buffer;

  /** Of the key that it was encrypted with. */
  @Column({ name: 'key_id', type: 'text' })
  keyId!: string;

  @Column({ name: 'made_at', type: 'timestamptz' })
  madeAt!: Date;
}
