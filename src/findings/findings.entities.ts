/*
 * Findings and their history. The history is append-only, by a trigger as well as by habit.
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
import type { Action } from '../domain/act.js';
import type { Drift, DriftKind, Severity } from '../domain/drift.js';
import type { FindingState } from '../domain/finding.js';

/** A finding that was left as it is, and the reason. */
export interface Refused {
  readonly id: string;
  readonly why: string;
}

@Entity('finding')
@Unique('finding_key_uq', ['key'])
@Index('finding_list_ix', ['state', 'severity', 'lastSeen', 'id'])
@Index('finding_address_ix', ['address', 'port'])
@Index('finding_kind_ix', ['kind', 'state', 'severity'])
@Index('finding_owner_ix', ['owner', 'state', 'severity'])
@Index('finding_newest_ix', ['firstSeen', 'id'])
@Index('finding_place_ix', { synchronize: false }) // by expressions: migrations/1795819000000-finding-orders.ts
@Index('finding_owner_due_ix', ['owner', 'severity', 'openedAt'], {
  where: `state in ('open', 'acknowledged')`,
})
@Index('finding_owner_resolved_ix', ['owner', 'resolvedAt'], { where: `state = 'resolved'` })
@Index('finding_resolved_ix', ['resolvedAt'], { where: `state = 'resolved'` })
@Index('finding_alive_ix', ['address', 'port', 'state', 'severity'], { where: `state <> 'resolved'` })
@Index('finding_due_ix', ['severity', 'openedAt', 'id'], { where: `state in ('open', 'acknowledged')` })
@Check('finding_state_ck', `state in ('suspected', 'open', 'acknowledged', 'accepted', 'resolved')`)
export class FindingRow {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'finding_pk',
  })
  id!: string;

  @Column('text')
  key!: string;

  @Column('text')
  kind!: DriftKind;

  @Column('text')
  host!: string;

  @Column({ type: 'text', nullable: true })
  address!: string | null;

  @Column({ type: 'integer', nullable: true })
  port!: number | null;

  @Column({ type: 'text', nullable: true })
  declared!: Drift['declared'];

  @Column({ type: 'text', nullable: true })
  observed!: Drift['observed'];

  @Column({ type: 'text', nullable: true })
  service!: string | null;

  @Column({ type: 'text', nullable: true })
  owner!: string | null;

  @Column('text')
  severity!: Severity;

  @Column({ name: 'severity_reasons', type: 'jsonb' })
  severityReasons!: readonly string[];

  @Column('text')
  evidence!: string;

  @Column('text')
  state!: FindingState;

  @Column('integer')
  confirmations!: number;

  @Column({ name: 'first_seen', type: 'timestamptz' })
  firstSeen!: Date;

  @Column({ name: 'last_seen', type: 'timestamptz' })
  lastSeen!: Date;

  @Column({ name: 'opened_at', type: 'timestamptz', nullable: true })
  openedAt!: Date | null;

  @Column({ name: 'resolved_at', type: 'timestamptz', nullable: true })
  resolvedAt!: Date | null;

  @Column({ name: 'accepted_until', type: 'date', nullable: true })
  acceptedUntil!: string | null;

  @Column({ name: 'accepted_by', type: 'text', nullable: true })
  acceptedBy!: string | null;

  @Column({ type: 'text', nullable: true })
  assignee!: string | null;

  @Column('integer')
  reopened!: number;

  @Column('text')
  looks!: string;

  @Column({
    type: 'jsonb',
    transformer: {
      to: (turns: readonly Date[]) => turns,
      from: (turns: string[]) => turns.map((turn) => new Date(turn)),
    },
  })
  turns!: readonly Date[];

  @Column({ name: 'evidence_at', type: 'timestamptz' })
  evidenceAt!: Date;

  /** The id of the scan that it came from; 0 for what is older than this column. */
  @Column({
    name: 'evidence_order',
    type: 'bigint',
    default: 0,
    transformer: { to: (order: number) => order, from: Number },
  })
  evidenceOrder!: number;

  /** Kept by a trigger, and read by searches alone. */
  @Column({ type: 'text', select: false, insert: false, update: false })
  words!: string;
}

/** The words of those that are not resolved, kept by a trigger: short rows beside long ones. */
@Entity('finding_search')
export class FindingSearch {
  @PrimaryColumn({ name: 'finding_id', type: 'bigint', primaryKeyConstraintName: 'finding_search_pk' })
  findingId!: string;

  @Column('text')
  words!: string;

  @ManyToOne(() => FindingRow, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'finding_id', foreignKeyConstraintName: 'finding_search_finding_fk' })
  finding?: FindingRow;
}

/** How many findings there are, kept by triggers: counting a million takes too long for a page. */
@Entity('finding_count')
export class FindingCount {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'finding_count_pk' })
  state!: FindingState;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'finding_count_pk' })
  severity!: Severity;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'finding_count_pk' })
  kind!: DriftKind;

  /** '' for nobody. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'finding_count_pk' })
  owner!: string;

  @Column('integer')
  findings!: number;
}

@Entity('finding_event')
@Index('finding_event_finding_ix', ['findingId', 'id'])
@Index('finding_event_run_ix', ['runId'])
@Index('finding_event_at_ix', ['at'])
@Index('finding_event_accepted_ix', ['id'], { where: `from_state = 'accepted'` })
export class FindingEventRow {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'finding_event_pk',
  })
  id!: string;

  @Column({ name: 'finding_id', type: 'bigint' })
  findingId!: string;

  @ManyToOne(() => FindingRow)
  @JoinColumn({ name: 'finding_id', foreignKeyConstraintName: 'finding_event_finding_fk' })
  finding?: FindingRow;

  /** The run that moved it. Runs belong to another feature: named, not imported. */
  @Column({ name: 'run_id', type: 'bigint', nullable: true })
  runId!: string | null;

  @ManyToOne('Run')
  @JoinColumn({ name: 'run_id', foreignKeyConstraintName: 'finding_event_run_fk' })
  run?: object;

  @Column('timestamptz')
  at!: Date;

  @Column('text')
  actor!: string;

  @Column({ name: 'from_state', type: 'text', nullable: true })
  fromState!: FindingState | null;

  @Column({ name: 'to_state', type: 'text' })
  toState!: FindingState;

  @Column('text')
  why!: string;
}

/**
 * What somebody did to several findings at once, and how it went: a form that is sent twice does it once, and its outcome can be
 * looked at again. Let go after a month.
 */
@Entity('finding_deed')
@Index('finding_deed_at_ix', ['at'])
export class FindingDeed {
  /** An account, or where there are none whoever sits here. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'finding_deed_pk' })
  actor!: string;

  /** Chosen by whoever asked for it. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'finding_deed_pk' })
  key!: string;

  @Column('timestamptz')
  at!: Date;

  @Column('jsonb')
  action!: Action;

  /** Which findings it was about, as the list has it in its query. */
  @Column('text')
  query!: string;

  @Column('integer')
  done!: number;

  @Column('jsonb')
  refused!: Refused[];
}
