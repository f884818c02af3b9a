/*
 * A report: the snapshot as the very text that was hashed, immutable by a trigger, and the PDF that was printed from it, with who has
 * signed it or why nobody has. And the key that servers of one database sign with, where they were given none.
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
import type { ReportKind, ReportParameters } from '../domain/report/parameters.js';

@Entity('report')
@Unique('report_run_uq', ['runId'])
@Index('report_ordered_ix', ['id'], { where: 'run_id is null' })
@Index('report_held_ix', ['madeAt'], { where: 'let_go_at is null' })
@Check('report_origin_ck', 'run_id is not null or parameters is not null')
@Check(
  'report_let_go_ck',
  '(snapshot is null) = (let_go_at is not null) and (let_go_at is null or pdf is null)',
)
@Check('report_signer_ck', '(signed_by is null) = (certificate_sha256 is null)')
@Check('report_signed_ck', 'signed_by is null or unsigned_because is null')
@Check('report_stamp_ck', '(stamped_at is null) = (stamped_by is null)')
export class Report {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'report_pk',
  })
  id!: string;

  /** The run whose report it is; null where it was asked for. */
  @Column({ name: 'run_id', type: 'bigint', nullable: true })
  runId!: string | null;

  /** Runs belong to another feature: named, not imported. */
  @ManyToOne('Run')
  @JoinColumn({ name: 'run_id', foreignKeyConstraintName: 'report_run_fk' })
  run?: object | null;

  @Column({ type: 'text', default: 'exposure' })
  kind!: ReportKind;

  /** Where it was given one. */
  @Column({ type: 'text', nullable: true })
  title!: string | null;

  /** What it was asked for with; null for a run's own. */
  @Column({ type: 'json', nullable: true })
  parameters!: ReportParameters | null;

  @Column({ name: 'made_at', type: 'timestamptz' })
  madeAt!: Date;

  /** Null where it was let go of. */
  @Column({ type: 'text', nullable: true })
  snapshot!: string | null;

  @Column({ name: 'snapshot_sha256', type: 'text' })
  snapshotSha256!: string;

  /** Since when snapshot and PDF are gone; their hashes stay. */
  @Column({ name: 'let_go_at', type: 'timestamptz', nullable: true })
  letGoAt!: Date | null;

  /** How many of each the snapshot of a run lists; `fresh` are the findings that came, or came back, with the run. */
  @Column({ type: 'integer', default: 0 })
  findings!: number;

  @Column({ type: 'integer', default: 0 })
  fresh!: number;

  @Column({ type: 'integer', default: 0 })
  resolved!: number;

  @Column({ type: 'integer', default: 0 })
  hosts!: number;

  @Column({ type: 'bytea', nullable: true, select: false })
  pdf!: Buffer | null;

  @Column({ name: 'pdf_sha256', type: 'text', nullable: true })
  pdfSha256!: string | null;

  @Column({ name: 'printed_at', type: 'timestamptz', nullable: true })
  printedAt!: Date | null;

  /** Why it could not be printed; it is tried again a few times. */
  @Column({ type: 'text', nullable: true })
  problem!: string | null;

  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  /** The subject of the certificate; null where the PDF is not signed. */
  @Column({ name: 'signed_by', type: 'text', nullable: true })
  signedBy!: string | null;

  @Column({ name: 'certificate_sha256', type: 'text', nullable: true })
  certificateSha256!: string | null;

  /** Null as well for one that was printed before reports were signed. */
  @Column({ name: 'unsigned_because', type: 'text', nullable: true })
  unsignedBecause!: string | null;

  @Column({ name: 'stamped_at', type: 'timestamptz', nullable: true })
  stampedAt!: Date | null;

  @Column({ name: 'stamped_by', type: 'text', nullable: true })
  stampedBy!: string | null;

  /** Null as well where no time-stamp authority was to be asked. */
  @Column({ name: 'unstamped_because', type: 'text', nullable: true })
  unstampedBecause!: string | null;
}

/** A PKCS#12 file, encrypted (vault.ts). One for all servers. */
@Entity('signing_key')
export class SigningKeyRow {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'signing_key_pk' })
  id!: string;

  @Column('bytea')
  cipher!: Buffer;

  /** Of the key that it was encrypted with. */
  @Column({ name: 'key_id', type: 'text' })
  keyId!: string;

  @Column({ name: 'made_at', type: 'timestamptz' })
  madeAt!: Date;
}

/** A part of a report's snapshot as pages read it: domain/report/exposure/exposure-pages.ts. */
@Entity('report_page')
export class ReportPage {
  @PrimaryColumn({ name: 'report_id', type: 'bigint', primaryKeyConstraintName: 'report_page_pk' })
  reportId!: string;

  @ManyToOne(() => Report, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'report_id', foreignKeyConstraintName: 'report_page_report_fk' })
  report?: Report;

  /** 0 is the summary, and from 1 on are its hosts. */
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'report_page_pk' })
  number!: number;

  @Column('json')
  content!: object;
}
