/*
 * A run, the scans that it orders (the first look, then one for each confirmation), their shards, and what they saw:
 * one row a host and look, its ports as sets.
 *
 *   due ──dispatcher──► scanning ──last shard──► scanned ──collator──► observed ──comparer──► compared ──reporter──► finished
 *                          ▲                                              │
 *                          └───────── one more look to confirm ───────────┘
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
import type { Finding } from '../domain/finding.js';
import type { Blindness, CanarySeen } from '../domain/gate.js';
import { PortSet } from '../domain/port-set.js';
import type { Coverage, RunVerdict } from '../domain/report/exposure/exposure.js';
import type { EngineName } from '../domain/scan-plan.js';
import { PORT_SET_COLUMN } from '../platform/port-set-column.js';

export type RunState = 'due' | 'scanning' | 'scanned' | 'observed' | 'compared' | 'finished';
export type RunTrigger = 'schedule' | 'manual';

@Entity('run')
@Unique('run_slot_uq', ['audit', 'dueAt'])
@Index('run_audit_ix', ['audit', 'id'])
@Index('run_verdict_ix', ['verdict', 'id'])
@Index('run_due_ix', ['dueAt'])
@Index('run_open_ix', ['state'], { where: `state <> 'finished'` })
@Check('run_trigger_ck', `trigger in ('schedule', 'manual')`)
@Check('run_state_ck', `state in ('due', 'scanning', 'scanned', 'observed', 'compared', 'finished')`)
@Check('run_verdict_ck', `verdict in ('clean', 'drift', 'inconclusive', 'failed')`)
@Check('run_cancelled_ck', '(cancelled_at is null) = (cancelled_by is null)')
export class Run {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'run_pk',
  })
  id!: string;

  @Column('text')
  audit!: string;

  @Column({ name: 'due_at', type: 'timestamptz' })
  dueAt!: Date;

  @Column('text')
  trigger!: RunTrigger;

  @Column({ name: 'inventory_version_id', type: 'bigint' })
  inventoryVersionId!: string;

  /** Versions belong to another feature: named, not imported. */
  @ManyToOne('InventoryVersion')
  @JoinColumn({ name: 'inventory_version_id', foreignKeyConstraintName: 'run_inventory_version_fk' })
  inventoryVersion?: object;

  @Column('text')
  vantage!: string;

  @Column('text')
  state!: RunState;

  /** The addresses of every DNS name at the run's start, and what could not be looked up: domain/resolved.ts. */
  @Column({ type: 'jsonb', default: {} })
  resolved!: Record<string, string[]>;

  @Column({ type: 'text', nullable: true })
  verdict!: RunVerdict | null;

  @Column({ type: 'text', nullable: true })
  because!: string | null;

  @Column({ type: 'jsonb', nullable: true })
  coverage!: Coverage | null;

  /** The findings as the verdict was given on them, for the report: others may move them before it is made. */
  @Column({ type: 'jsonb', nullable: true, select: false })
  judged!: Finding[] | null;

  /** How often a room has failed over it, through a fault of ours. */
  @Column({ type: 'integer', default: 0 })
  stumbles!: number;

  @Column({ name: 'cancelled_at', type: 'timestamptz', nullable: true })
  cancelledAt!: Date | null;

  @Column({ name: 'cancelled_by', type: 'text', nullable: true })
  cancelledBy!: string | null;

  @Column({ name: 'started_at', type: 'timestamptz', nullable: true })
  startedAt!: Date | null;

  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}

/** What was seen of ports whose state was known: is the scanner to be believed? */
@Entity('gate_look')
@Index('gate_look_run_ix', ['runId', 'id'])
@Check('gate_look_phase_ck', `phase in ('before', 'after')`)
export class GateLookRow {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'gate_look_pk',
  })
  id!: string;

  @Column({ name: 'run_id', type: 'bigint' })
  runId!: string;

  @ManyToOne(() => Run, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'run_id', foreignKeyConstraintName: 'gate_look_run_fk' })
  run?: Run;

  @Column('text')
  phase!: 'before' | 'after';

  @Column('timestamptz')
  at!: Date;

  /** Why it is not to be believed; null where it is. */
  @Column({ type: 'text', nullable: true })
  blindness!: Blindness;

  @Column('jsonb')
  seen!: CanarySeen[];
}

/** How carefully a scan probes: a ScanPlan without its targets and range. The rows of 0.1 have the first five alone. */
export interface ScanSettings {
  seed: number;
  timeoutMs: number;
  retries: number;
  ratePerSecond: number;
  inFlight: number;
  ratePerHost?: number;
  ratePerSubnet?: number;
  verify?: boolean;
  /** Address sets as text. */
  fragile?: string[];
}

@Entity('scan')
@Unique('scan_round_uq', ['runId', 'round'])
@Index('scan_active_ix', ['id'], { where: 'finished_at IS NULL' })
@Index('scan_kept_ix', ['id'], { where: 'NOT is_archived' })
export class Scan {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'scan_pk',
  })
  id!: string;

  @Column({ name: 'run_id', type: 'bigint' })
  runId!: string;

  @ManyToOne(() => Run, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'run_id', foreignKeyConstraintName: 'scan_run_fk' })
  run?: Run;

  /** 0 is the first look, 1 and up are those that confirm. */
  @Column('integer')
  round!: number;

  @Column('jsonb')
  targets!: Array<{ addresses: string[]; ports: string }>;

  @Column('jsonb')
  settings!: ScanSettings;

  @Column('bigint')
  probes!: string;

  @Column({ name: 'not_before', type: 'timestamptz' })
  notBefore!: Date;

  /** What it saw has been let go: archivist.ts. */
  @Column({ name: 'is_archived', type: 'boolean', default: false })
  isArchived!: boolean;

  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}

@Entity('shard')
@Unique('shard_range_uq', ['scanId', 'fromPosition'])
@Check('shard_state_ck', `state in ('waiting', 'leased', 'done', 'given-up')`)
export class Shard {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'shard_pk',
  })
  id!: string;

  @Column({ name: 'scan_id', type: 'bigint' })
  scanId!: string;

  @ManyToOne(() => Scan, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'scan_id', foreignKeyConstraintName: 'shard_scan_fk' })
  scan?: Scan;

  @Column({ name: 'from_position', type: 'bigint' })
  fromPosition!: string;

  @Column({ name: 'to_position', type: 'bigint' })
  toPosition!: string;

  @Column('text')
  state!: 'waiting' | 'leased' | 'done' | 'given-up';

  /** Probes that have ended, for the progress bar. */
  @Column({ type: 'bigint', default: 0 })
  probed!: string;

  /** Positions below it are judged, and what was seen there is stored; at first, the shard's own beginning or less. */
  @Column({ name: 'settled_to', type: 'bigint', default: 0 })
  settledTo!: string;

  /** The engine that has probed it last. */
  @Column({ type: 'text', nullable: true })
  engine!: EngineName | null;

  /** What it was granted of the rate that all scans share, when it was claimed last. */
  @Column({ name: 'rate_per_second', type: 'double precision', nullable: true })
  ratePerSecond!: number | null;

  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  @Column({ name: 'leased_until', type: 'timestamptz', nullable: true })
  leasedUntil!: Date | null;
}

@Entity('observed_host')
export class ObservedHost {
  @PrimaryColumn({ name: 'scan_id', type: 'bigint', primaryKeyConstraintName: 'observed_host_pk' })
  scanId!: string;

  @PrimaryColumn({ type: 'inet', primaryKeyConstraintName: 'observed_host_pk' })
  address!: string;

  @ManyToOne(() => Scan, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'scan_id', foreignKeyConstraintName: 'observed_host_scan_fk' })
  scan?: Scan;

  @Column(PORT_SET_COLUMN)
  open!: PortSet;

  @Column(PORT_SET_COLUMN)
  closed!: PortSet;

  @Column(PORT_SET_COLUMN)
  filtered!: PortSet;

  @Column(PORT_SET_COLUMN)
  unreachable!: PortSet;

  @Column(PORT_SET_COLUMN)
  unknown!: PortSet;

  /** Ports in nmap's notation by the reason of their state. */
  @Column('jsonb')
  reasons!: Record<string, string>;

  /** Milliseconds from SYN to SYN-ACK, by open port. */
  @Column({ name: 'connect_ms', type: 'jsonb' })
  connectMs!: Record<string, number>;

  @Column('timestamptz')
  at!: Date;
}
