/*
 * Every text of the inventory that the service has ever worked by. A run points at the version it was judged by, so
 * that its report can be made again when the file has long changed.
 */
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity('inventory_version')
export class InventoryVersion {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'inventory_version_pk',
  })
  id!: string;

  @Column('text')
  path!: string;

  @Column('text')
  sha256!: string;

  /** The files as they were read: parsing them again gives the same inventory. */
  @Column('jsonb')
  sources!: Array<{ file: string; text: string }>;

  @Column({ name: 'loaded_at', type: 'timestamptz' })
  loadedAt!: Date;

  /** Who applied it; null where the service read it by itself, at its start. */
  @Column({ name: 'applied_by', type: 'text', nullable: true })
  appliedBy!: string | null;

  /** Why, or which version it brings back. */
  @Column({ type: 'text', nullable: true })
  note!: string | null;
}
