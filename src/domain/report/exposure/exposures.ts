/*
 * The snapshot of an exposure report: what the last trustworthy run of each audit has left behind, taken together and narrowed down.
 * It is made of the runs' own snapshots (exposure.ts) and of nothing else, so that each number goes back to evidence with a hash.
 *
 * How sums count where two audits look at one host: both looks are listed, and the coverage counts both, as each was ordered and each can
 * fail by itself; a host counts once, as declared only where all looks at it say so; a finding counts once, as the newest run that
 * speaks of it has it.
 */
import { z } from 'zod';
import { SEVERITIES, type Severity } from '../../drift.js';
import { reportHead } from '../head.js';
import { Coverage, ReportFinding, ReportHost } from './exposure.js';

const count = z.int().min(0);

/** Of one audit that the report is about. */
export const AuditStanding = z.object({
  audit: z.string(),
  run: z.string().nullable().describe('the last trustworthy run, which is told of; null where there is none'),
  last: z
    .string()
    .nullable()
    .describe('the last run that ended, whatever came of it; null where there is none'),
  because: z
    .string()
    .nullable()
    .describe('why the last run is not the one that is told of, as it was recorded'),
  hosts: count.describe('looks of that run that the report is about'),
  of: count.describe('all looks of that run'),
  unlisted: count.describe(
    'pairs of host and port that were ordered of addresses that the run does not list',
  ),
});
export type AuditStanding = z.infer<typeof AuditStanding>;

export const ExposureLook = ReportHost.extend({ run: z.string(), audit: z.string() });
export type ExposureLook = z.infer<typeof ExposureLook>;

export const ExposureFinding = ReportFinding.extend({
  run: z.string().describe('the newest run that speaks of it: it says how it stands'),
  audits: z.array(z.string()).readonly().describe('whose runs list it'),
});
export type ExposureFinding = z.infer<typeof ExposureFinding>;

const SEVERITY_COUNTS = z.object(
  Object.fromEntries(SEVERITIES.map((severity) => [severity, count])) as Record<Severity, typeof count>,
);

export const ExposureTotals = z.object({
  toDo: count.describe('open or acknowledged'),
  bySeverity: SEVERITY_COUNTS.describe('of those to do'),
  suspected: count.describe('seen, and not confirmed'),
  accepted: count,
  hosts: count.describe('addresses, and names that led to none'),
  asDeclared: count.describe('hosts of which all looks say that all is as declared'),
  coverage: Coverage,
  unlisted: count.describe(
    'of the coverage’s unknown: in no look, as large blocks are not listed one by one',
  ),
});
export type ExposureTotals = z.infer<typeof ExposureTotals>;

export const ExposuresSnapshot = z.object({
  format: z.literal('portolan-exposure/1'),
  ...reportHead,
  verdict: z.enum(['clean', 'drift', 'inconclusive']),
  audits: z.array(AuditStanding).readonly(),
  looks: z.array(ExposureLook).readonly(),
  findings: z.array(ExposureFinding).readonly(),
  superseded: z
    .array(z.object({ key: z.string(), run: z.string(), by: z.string() }))
    .readonly()
    .describe('findings of one run that were over by another, newer one'),
  owners: z.array(z.object({ id: z.string(), name: z.string(), email: z.string().nullable() })).readonly(),
  totals: ExposureTotals,
});
export type ExposuresSnapshot = z.infer<typeof ExposuresSnapshot>;
