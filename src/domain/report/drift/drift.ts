/*
 * The snapshot of a drift report: what a period did to findings. What stood at its beginning, what came and went, and what stood at its
 * end are counted apart from each other, and tie out: in all, by severity, by kind and by owner.
 *
 * Findings are told of with the owner, host and severity that they have when the report is made: the history keeps none.
 */
import { z } from 'zod';
import { SKIP_REASONS } from '../../agenda.js';
import { DRIFT_KINDS, SEVERITIES } from '../../drift.js';
import { FINDING_STATES } from '../../finding.js';
import { reportHead } from '../head.js';
import { Balance, MOVES } from './balance.js';

const instant = z.iso.datetime();
const count = z.int().min(0);
const ms = z.int().min(0);

export const DriftStep = z.object({
  move: z.enum(MOVES),
  account: z.enum(['open', 'accepted']).describe('that it left, or else entered'),
  at: instant,
  run: z.string().nullable().describe('null where a person, the calendar or the inventory moved it'),
  stoodMs: ms.nullable().describe('of what is over: since it was believed'),
});
export type DriftStep = z.infer<typeof DriftStep>;

export const DriftFinding = z.object({
  id: z.string(),
  key: z.string(),
  kind: z.enum(DRIFT_KINDS),
  host: z.string(),
  address: z.string().nullable(),
  port: z.int().min(0).max(65535).nullable(),
  service: z.string().nullable(),
  owner: z.string().nullable(),
  severity: z.enum(SEVERITIES),
  before: z.enum(FINDING_STATES).nullable(),
  after: z.enum(FINDING_STATES).nullable(),
  steps: z.array(DriftStep).readonly(),
  flapping: z
    .int()
    .min(2)
    .nullable()
    .describe('how often it went and came within a day, where that is often'),
});
export type DriftFinding = z.infer<typeof DriftFinding>;

/** How long what was repaired in the period had stood, also while it was accepted. */
export const RepairTimes = z.object({ of: count, meanMs: ms.nullable(), medianMs: ms.nullable() });
export type RepairTimes = z.infer<typeof RepairTimes>;

export const DriftSlot = z.object({
  from: instant,
  until: instant,
  risen: count.describe('into what is open'),
  fallen: count.describe('out of it'),
  standing: count.nullable().describe('open at its end; null where no trustworthy run ended in it'),
});
export type DriftSlot = z.infer<typeof DriftSlot>;

export const DriftAudit = z.object({
  audit: z.string(),
  ...{ clean: count, drift: count, inconclusive: count, failed: count },
  lastTrusted: z.string().nullable().describe('the last run of the period that can be trusted'),
  missed: count.describe('slots of its schedule that had no run'),
  isAtLeast: z.boolean().describe('there were more than anybody counts'),
});
export type DriftAudit = z.infer<typeof DriftAudit>;

/** Runs of one audit that follow each other, and of which none can be trusted. */
export const DriftGap = z.object({
  audit: z.string(),
  from: instant.describe('when the first of them ended'),
  until: instant.describe('when the last of them ended'),
  runs: z.int().min(1),
  last: z.string(),
  because: z.string().nullable().describe('of the last of them, as it was recorded'),
});
export type DriftGap = z.infer<typeof DriftGap>;

const MissedSlots = z.object({
  audit: z.string(),
  ...{ first: instant, last: instant },
  slots: z.int().min(1),
  isAtLeast: z.boolean(),
  why: z.enum(SKIP_REASONS),
  detail: z.string(),
});

export const DriftSnapshot = z.object({
  format: z.literal('portolan-drift/1'),
  ...reportHead,
  verdict: z.enum(['clean', 'drift', 'inconclusive']),
  period: z.object({ from: instant, until: instant }),
  total: Balance,
  bySeverity: z.array(z.object({ name: z.enum(SEVERITIES), balance: Balance })).readonly(),
  byKind: z.array(z.object({ name: z.enum(DRIFT_KINDS), balance: Balance })).readonly(),
  byOwner: z.array(z.object({ name: z.string().nullable(), balance: Balance })).readonly(),
  repair: RepairTimes,
  repairBySeverity: z.array(z.object({ name: z.enum(SEVERITIES), repair: RepairTimes })).readonly(),
  slot: z.enum(['day', 'week']),
  trend: z.array(DriftSlot).readonly(),
  findings: z.array(DriftFinding).readonly().describe('those that moved, the gravest first'),
  findingsLeftOut: z
    .int()
    .min(1)
    .optional()
    .describe(
      'that moved too, and are not listed: the evidence would be too large; every number counts them',
    ),
  audits: z.array(DriftAudit).readonly(),
  gaps: z.array(DriftGap).readonly(),
  missed: z.array(MissedSlots).readonly(),
  owners: z.array(z.object({ id: z.string(), name: z.string(), email: z.string().nullable() })).readonly(),
});
export type DriftSnapshot = z.infer<typeof DriftSnapshot>;
