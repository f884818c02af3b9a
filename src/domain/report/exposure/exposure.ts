/*
 * A report's snapshot: everything that its pages say, as plain JSON, so that it can be kept, hashed and rendered again
 * without a scan. Ports are text in nmap's notation; instants are ISO 8601 in UTC; days are `YYYY-MM-DD`.
 *
 * The schema is the shape's only home: types are inferred from it, a stored snapshot is read through it, and
 * `portolan schema audit` publishes it. It may grow; what stands here is relied upon.
 */
import { z } from 'zod';
import { DRIFT_KINDS, SEVERITIES } from '../../drift.js';
import { FINDING_STATES } from '../../finding.js';
import { PORT_STATES } from '../../observation.js';

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const instant = z.iso.datetime();
const ports = z.string().describe('ports in the notation of nmap: 22,80,8000-8100');
const count = z.int().min(0);

export const RunVerdict = z.enum(['clean', 'drift', 'inconclusive', 'failed']);
export type RunVerdict = z.infer<typeof RunVerdict>;

/** Pairs of host and port, in numbers. expected = answered + silent + unknown. */
export const Coverage = z.object({
  expected: count.describe('pairs of host and port that the audit ordered'),
  probed: count.describe('those that a probe was sent for and read without a failure of our own'),
  answered: count.describe('those that said yes or no'),
  unknown: count.describe('those of which nothing can be said'),
});
export type Coverage = z.infer<typeof Coverage>;

export const ReportFinding = z.object({
  key: z.string().describe('the same in every run and report for the same drift'),
  kind: z.enum(DRIFT_KINDS),
  host: z.string(),
  address: z.string().nullable(),
  port: z.int().min(0).max(65535).nullable(),
  declared: z.enum(['open', 'closed', 'filtered', 'undeclared']).nullable(),
  observed: z.enum(PORT_STATES).nullable(),
  service: z.string().nullable(),
  owner: z.string().nullable(),
  severity: z.enum(SEVERITIES),
  severityReasons: z.array(z.string()).readonly(),
  state: z.enum(FINDING_STATES),
  firstSeen: instant,
  lastSeen: instant,
  evidence: z.string(),
  advice: z.string().describe('what its owner should do about it'),
  isNew: z.boolean().describe('came, or came back, with this run'),
  acceptedUntil: day.nullable(),
});
export type ReportFinding = z.infer<typeof ReportFinding>;

export const ReportHost = z.object({
  host: z.string(),
  address: z.string(),
  owner: z.string().nullable(),
  tags: z.array(z.string()).readonly(),
  verdict: z.enum(['match', 'drift', 'unknown']),
  probed: count,
  open: ports,
  closed: ports,
  filtered: ports,
  unreachable: ports,
  unknown: ports,
  medianConnectMs: z.number().nullable(),
});
export type ReportHost = z.infer<typeof ReportHost>;

export const ReportException = z.object({
  host: z.string(),
  ports,
  reason: z.string(),
  approvedBy: z.string(),
  expires: day,
  expired: z.boolean(),
});
export type ReportException = z.infer<typeof ReportException>;

export const ReportScope = z.object({
  name: z.string(),
  allow: z.array(z.string()).readonly(),
  exclude: z.array(z.string()).readonly(),
  authorisedBy: z.string(),
  until: day.nullable(),
});

export const ReportSnapshot = z.object({
  format: z.literal('portolan-report/1'),
  title: z.string(),
  audit: z.string(),
  run: z.string(),
  verdict: RunVerdict,
  because: z.string().describe('why this verdict, in a sentence'),
  coverage: Coverage,
  scopes: z.array(ReportScope).readonly(),
  findings: z.array(ReportFinding).readonly(),
  resolved: z.array(ReportFinding).readonly().describe('open before this run, and no more after it'),
  hosts: z.array(ReportHost).readonly(),
  exceptions: z.array(ReportException).readonly(),
  owners: z.array(z.object({ id: z.string(), name: z.string(), email: z.string().nullable() })).readonly(),
  inventory: z.object({ path: z.string(), sha256: z.string() }),
  tool: z.object({ name: z.literal('portolan'), version: z.string(), engine: z.string() }),
  arguments: z.array(z.string()).readonly(),
  ports: z.string().describe('the ports of the audit, as the inventory writes them'),
  vantage: z.string(),
  startedAt: instant,
  finishedAt: instant,
});
export type ReportSnapshot = z.infer<typeof ReportSnapshot>;
