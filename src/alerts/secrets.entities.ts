/*
 * Secrets of receivers, encrypted (vault.ts): the table has no value in the clear, and a cipher is good for its own row alone.
 */
import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

@Entity('secret')
@Unique('secret_name_uq', ['name'])
export class SecretRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'secret_pk' })
  id!: string;

  @Column('text')
  name!: string;

  @Column('bytea')
  cipher!: Buffer;

  /** Of the key that it was encrypted with. */
  @Column({ name: 'key_id', type: 'text' })
  keyId!: string;

  @Column({ name: 'changed_at', type: 'timestamptz' })
  changedAt!: Date;

  @Column({ name: 'changed_by', type: 'text' })
  changedBy!: string;
}
