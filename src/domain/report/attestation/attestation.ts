/*
 * The snapshot of an attestation: what each owner answers for, what of it is overdue, and who has signed for it. It is made of the
 * inventory that is in force and of findings as they stand, at one moment: it tells of a day, and not of a period.
 */
import { z } from 'zod';
import { DRIFT_KINDS, SEVERITIES } from '../../drift.js';
import { reportHead } from '../head.js';

const instant = z.iso.datetime();
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const count = z.int().min(0);
/** Null where nobody answers for it. */
const owner = z.string().nullable();

const AttestedHost = z.object({
  owner,
  host: z.string(),
  addresses: z.array(z.string()).readonly().describe('and DNS names'),
  tags: z.array(z.string()).readonly(),
  criticality: z.enum(['low', 'medium', 'high']),
});
export type AttestedHost = z.infer<typeof AttestedHost>;

export const AttestedService = z.object({
  owner,
  host: z.string(),
  ports: z.string().describe('declared open, in the notation of nmap'),
  service: z.string().nullable(),
  why: z.string().nullable(),
  requestedBy: z.string().nullable(),
  approvedBy: z.string().nullable(),
  reviewBy: day.nullable(),
  isOverdue: z.boolean().describe('its review is'),
});
export type AttestedService = z.infer<typeof AttestedService>;

export const AttestedException = z.object({
  owner,
  host: z.string(),
  ports: z.string(),
  reason: z.string().nullable(),
  approvedBy: z.string(),
  expires: day,
  hasEnded: z.boolean(),
  finding: z.string().nullable().describe('that was accepted by hand; null where the inventory excepts it'),
});
export type AttestedException = z.infer<typeof AttestedException>;

export const AttestedFinding = z.object({
  owner,
  ...{ id: z.string(), key: z.string(), host: z.string() },
  kind: z.enum(DRIFT_KINDS),
  severity: z.enum(SEVERITIES),
  address: z.string().nullable(),
  port: z.int().min(0).max(65535).nullable(),
  service: z.string().nullable(),
  state: z.enum(['open', 'acknowledged']),
  openedAt: instant.nullable(),
  due: instant.nullable(),
  isOverdue: z.boolean(),
});
export type AttestedFinding = z.infer<typeof AttestedFinding>;

export const AttestedCounts = z.object({
  ...{ hosts: count, services: count, reviews: count.describe('overdue') },
  ...{ exceptions: count, ended: count, findings: count, overdue: count },
});
export type AttestedCounts = z.infer<typeof AttestedCounts>;

export const AttestedOwner = z.object({
  owner,
  name: z.string().nullable(),
  email: z.string().nullable(),
  counts: AttestedCounts,
});
export type AttestedOwner = z.infer<typeof AttestedOwner>;

/** The last that an owner was signed for, in a report that was made before. */
export const AttestedBefore = z.object({
  owner: z.string(),
  report: z.string(),
  by: z.string(),
  at: instant,
  statement: z.string(),
  comment: z.string().nullable(),
  snapshotSha256: z.string().describe('of the evidence that was signed'),
});
export type AttestedBefore = z.infer<typeof AttestedBefore>;

export const AttestationSnapshot = z.object({
  format: z.literal('portolan-attestation/1'),
  ...reportHead,
  verdict: z.enum(['clean', 'drift', 'inconclusive']),
  owners: z.array(AttestedOwner).readonly(),
  hosts: z.array(AttestedHost).readonly(),
  services: z.array(AttestedService).readonly(),
  exceptions: z.array(AttestedException).readonly(),
  findings: z.array(AttestedFinding).readonly(),
  totals: AttestedCounts,
  signed: z.array(AttestedBefore).readonly().describe('the last time, of each owner for whom somebody has'),
});
export type AttestationSnapshot = z.infer<typeof AttestationSnapshot>;
