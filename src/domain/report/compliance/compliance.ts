/*
 * The snapshot of a compliance report: of each control of a framework whether what is recorded supports it, with the numbers that say
 * so, and the rows behind them. It holds evidence for controls, and says of nothing that it is compliant.
 *
 * A table holds all of its rows, but for those that would make the snapshot too large: `total` is how many there are. The numbers that
 * decide are counted from all of them (build-compliance.ts), and tie out (compliance-problem.ts).
 */
import { z } from 'zod';
import { DRIFT_KINDS, type DriftKind, SEVERITIES } from '../../drift.js';
import { FINDING_STATES } from '../../finding.js';
import { PORT_STATES } from '../../observation.js';
import { RunVerdict } from '../exposure/exposure.js';
import { reportHead } from '../head.js';
import { COMPLIANCE_WORDS, CONTROL_STATUSES, EVIDENCE_ROLES, EVIDENCE_TABLES } from './control-status.js';

const day = z.iso.date();
const instant = z.iso.datetime();
const count = z.int().min(0);
const some = z.string().nullable();
const ports = z.string().describe('ports in the notation of nmap: 22,80,8000-8100');

const table = <Row extends z.ZodType>(row: Row) =>
  z.object({ total: count.describe('with those that were left out'), rows: z.array(row).readonly() });

export const Period = z.object({
  from: day,
  to: day,
  until: instant.describe('the end of its last day, or when the report was made'),
  days: count,
});
export type Period = z.infer<typeof Period>;

const byKind = z.object(
  Object.fromEntries(DRIFT_KINDS.map((kind) => [kind, count])) as Record<DriftKind, typeof count>,
);

/** All that statuses are decided by. */
export const ComplianceTallies = z.object({
  audits: z.object({
    all: count,
    trusted: count.describe('those with a trustworthy run in the period'),
  }),
  runs: z.object({ all: count, clean: count, drift: count, inconclusive: count, failed: count }),
  hosts: z.object({
    all: count,
    seen: count.describe('at one of whose addresses at least a trustworthy run could tell something'),
    everyPort: count.describe('of which each of 65,535 ports could be judged, at each address'),
    managementPorts: count.describe('of which the ports of management could be judged, at each address'),
    owned: count,
    inScope: count.describe('within a scope that somebody has authorised, and that has not ended'),
    every: z
      .object({ days1: count, days7: count, days31: count, days92: count, days184: count })
      .describe('with no longer gap between trustworthy runs of an audit that looks at them'),
  }),
  services: z.object({
    all: count.describe('declarations, one a host'),
    open: count.describe('those of them that are to be open; all below but pairs are of these'),
    owned: count,
    reasoned: count,
    approved: count,
    approvedByAnother: count.describe('than who asked for it'),
    reviewDay: count,
    reviewOverdue: count,
    insecure: count.describe('on a port whose usual service sends in the clear'),
    insecureReasoned: count,
    insecureApproved: count,
    management: count.describe('on a port that machines are managed by'),
    managementReasoned: count,
    pairs: count.describe('of address and declared port'),
    pairsSeen: count.describe('those that a trustworthy run could judge'),
  }),
  findings: z.object({
    all: count.describe('those that are alive at the end of the period'),
    suspected: count,
    toDo: count.describe('open or acknowledged'),
    ownedToDo: count,
    accepted: count,
    acceptedUntil: count.describe('those of them that have an end'),
    open: byKind.describe('open or acknowledged, by kind'),
    overdue: count,
    insecure: count.describe(
      'open beyond what is declared, on a port whose usual service sends in the clear',
    ),
    databases: count.describe('open beyond what is declared, on a port where databases listen'),
    managementOver14: count.describe(
      'open beyond what is declared for more than 14 days, on a port of management',
    ),
  }),
  fixed: z.object({
    all: count,
    byRun: count.describe('as a trustworthy run saw, and not by the inventory alone'),
  }),
  exceptions: z.object({ all: count, ended: count.describe('whose last day has passed') }),
  inventory: z.object({ versions: count.describe('that came in the period'), signed: count }),
  reviews: z.object({
    inPeriod: count.describe('signatures'),
    inLast184: count,
    services: z
      .object({ inPeriod: count, inLast184: count })
      .optional()
      .describe('open services whose owner was signed for by then; absent where no signature was looked for'),
  }),
  undeclared: z.enum(['closed', 'ignored']),
  vantages: z.array(z.string()).readonly(),
  scopes: z.object({ all: count, withEnd: count }),
});
export type ComplianceTallies = z.infer<typeof ComplianceTallies>;

const Condition = z.object({
  id: z.string(),
  weight: z.enum(['against', 'basis', 'whole']),
  count,
  of: count.nullable().describe('null where one is too many'),
  outcome: z.enum(['holds', 'in-part', 'fails']),
});

export const ComplianceControl = z.object({
  id: z.string(),
  role: z.enum(EVIDENCE_ROLES),
  status: z.enum(CONTROL_STATUSES),
  conditions: z.array(Condition).readonly(),
  tables: z.array(z.enum(EVIDENCE_TABLES)).readonly(),
});
export type ComplianceControl = z.infer<typeof ComplianceControl>;

export const AuditEvidence = z.object({
  audit: z.string(),
  ports: z.string().describe('as the inventory writes them'),
  clean: count,
  drift: count,
  inconclusive: count,
  failed: count,
  lastTrusted: instant.nullable(),
  longestGapHours: z
    .number()
    .min(0)
    .nullable()
    .describe('between trustworthy runs, the ends of the period among them; null without one'),
  hosts: count.describe('of those that the report tells of'),
});
export type AuditEvidence = z.infer<typeof AuditEvidence>;

const DoubtfulRun = z.object({
  run: z.string(),
  audit: z.string(),
  verdict: RunVerdict,
  because: z.string(),
  finishedAt: instant,
});

export const ServiceEvidence = z.object({
  host: z.string(),
  ports,
  expect: z.enum(['open', 'closed', 'filtered']),
  service: some,
  owner: some,
  why: some,
  requestedBy: some,
  approvedBy: some,
  reviewBy: day.nullable(),
  pairs: count,
  pairsSeen: count,
  reviewedAt: instant
    .nullable()
    .optional()
    .describe(
      'when somebody signed for its owner, for a list that it stood on as it is; of what is to be open',
    ),
});
export type ServiceEvidence = z.infer<typeof ServiceEvidence>;

export const FindingEvidence = z.object({
  id: z.string(),
  kind: z.enum(DRIFT_KINDS),
  host: z.string(),
  address: some,
  port: z.int().nullable(),
  observed: z.enum(PORT_STATES).nullable(),
  service: some,
  owner: some,
  severity: z.enum(SEVERITIES),
  state: z.enum(FINDING_STATES),
  firstSeen: instant,
  lastSeen: instant,
  openedAt: instant.nullable(),
  dueBy: instant.nullable(),
});
export type FindingEvidence = z.infer<typeof FindingEvidence>;

export const AcceptedEvidence = FindingEvidence.extend({
  since: instant.nullable(),
  until: day.nullable(),
  approvedBy: some,
  requestedBy: some,
  reason: some,
});
export type AcceptedEvidence = z.infer<typeof AcceptedEvidence>;

export const FixedEvidence = z.object({
  ...{ id: z.string(), kind: z.enum(DRIFT_KINDS), host: z.string(), address: some, port: z.int().nullable() },
  ...{ owner: some, severity: z.enum(SEVERITIES), resolvedAt: instant },
  run: some.describe('the run that saw it gone; null where the inventory said so'),
});
export type FixedEvidence = z.infer<typeof FixedEvidence>;

export const VersionEvidence = z.object({
  ...{ version: z.string(), at: instant, by: some.describe('null where the service read it by itself') },
  ...{
    note: some,
    sha256: z.string(),
    isBefore: z.boolean().describe('the one in force as the period began'),
  },
  changes: z
    .object({ added: count, removed: count, changed: count, first: z.array(z.string()).readonly() })
    .nullable()
    .describe('null where they were not compared'),
});
export type VersionEvidence = z.infer<typeof VersionEvidence>;

export const ReviewEvidence = z.object({
  ...{
    at: instant,
    by: z.string().describe('who signed'),
    of: z.string().describe('the owner for whom'),
    comment: some,
  },
  report: z.string().optional().describe('the attestation that was signed'),
  listMadeAt: instant.optional(),
  listed: count.nullable().optional().describe('services on the list; null where it is not there any more'),
  covers: count
    .optional()
    .describe('open services of this report that stood on it as they are, and on none that was signed later'),
});
export type ReviewEvidence = z.infer<typeof ReviewEvidence>;

export const ComplianceSnapshot = z.object({
  format: z.literal('portolan-compliance/1'),
  ...reportHead,
  framework: z.string(),
  standard: z.string().describe('where the standard itself is to be had'),
  period: Period,
  word: z.enum(COMPLIANCE_WORDS),
  controls: z.array(ComplianceControl).readonly(),
  tallies: ComplianceTallies,
  basis: z
    .array(z.string())
    .readonly()
    .describe('the runs whose looks are counted: the last trustworthy ones of each audit'),
  audits: z.array(AuditEvidence).readonly(),
  doubtful: table(DoubtfulRun),
  services: table(ServiceEvidence),
  findings: table(FindingEvidence).describe('alive, and not accepted'),
  accepted: table(AcceptedEvidence),
  fixed: table(FixedEvidence),
  versions: table(VersionEvidence),
  reviews: table(ReviewEvidence),
});
export type ComplianceSnapshot = z.infer<typeof ComplianceSnapshot>;
