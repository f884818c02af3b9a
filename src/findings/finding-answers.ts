/*
 * Findings as programs are given them, and the schemas that say so.
 */
import { z } from 'zod';
import { dueBy } from '../domain/deadlines.js';
import { DRIFT_KINDS, SEVERITIES } from '../domain/drift.js';
import { FINDING_STATES } from '../domain/finding.js';
import type { Deadlines } from '../domain/inventory.js';
import type { ListedFinding } from './findings.queries.js';

const time = z.iso.datetime();
const some = z.string().nullable();

export const FindingAnswer = z.object({
  id: z.string(),
  kind: z.enum(DRIFT_KINDS),
  severity: z.enum(SEVERITIES),
  state: z.enum(FINDING_STATES),
  host: z.string(),
  address: some,
  port: z.number().int().nullable(),
  service: some,
  owner: some,
  declared: some,
  observed: some,
  assignee: some,
  acceptedUntil: some,
  firstSeen: time,
  lastSeen: time,
  openedAt: time.nullable(),
  /** By when it has to be put right; null while nobody has to. */
  dueAt: time.nullable(),
  /** How often it came back. */
  reopened: z.number().int(),
});
export type FindingAnswer = z.infer<typeof FindingAnswer>;

export const FindingsAnswer = z.object({
  total: z.number().int(),
  findings: z.array(FindingAnswer),
  /** Goes on behind the last one, as `after`; null at the end. */
  next: z.string().nullable(),
});

const StepAnswer = z.object({
  at: time,
  actor: z.string(),
  from: z.enum(FINDING_STATES).nullable(),
  to: z.enum(FINDING_STATES),
  why: z.string(),
  run: some,
  audit: some,
});

const TellingAnswer = z.object({
  id: z.string(),
  receiver: z.string(),
  cause: z.string(),
  title: z.string(),
  because: z.string(),
  state: z.enum(['waiting', 'sent', 'dead']),
  attempts: z.number().int(),
  madeAt: time,
  endedAt: time.nullable(),
  result: some,
});

export const WholeFindingAnswer = FindingAnswer.extend({
  evidence: z.string(),
  severityReasons: z.array(z.string()),
  confirmations: z.number().int(),
  acceptedBy: some,
  advice: z.string(),
  /** The newest first, at most 500. */
  steps: z.array(StepAnswer),
  /** Who was told of it; null for whoever may not know. */
  deliveries: z.array(TellingAnswer).nullable(),
});

export const ActedOnAnswer = z.object({
  done: z.number().int(),
  refused: z.array(z.object({ id: z.string(), why: z.string() })),
});

export function findingAnswer(finding: Omit<ListedFinding, 'place'>, deadlines: Deadlines): FindingAnswer {
  const { id, kind, severity, state, host, address, port, service, owner, declared, observed } = finding;
  const { assignee, acceptedUntil, reopened, openedAt } = finding;
  return {
    ...{ id, kind, severity, state, host, address, port, service, owner, declared, observed, assignee },
    ...{
      acceptedUntil,
      firstSeen: finding.firstSeen.toISOString(),
      lastSeen: finding.lastSeen.toISOString(),
    },
    openedAt: openedAt?.toISOString() ?? null,
    dueAt: dueBy(finding, deadlines)?.toISOString() ?? null,
    reopened,
  };
}
