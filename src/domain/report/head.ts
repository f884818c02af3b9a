/*
 * What every report says of itself but that of one run (exposure.ts): what it was asked for, when it was made of which inventory, and
 * the runs that it rests on. A run that could not be trusted is listed too, and is evidence of nothing.
 */
import { z } from 'zod';
import { Coverage, ReportScope, RunVerdict } from './exposure/exposure.js';
import { ReportParameters } from './parameters.js';

const instant = z.iso.datetime();

export const SourceRun = z.object({
  run: z.string(),
  audit: z.string(),
  verdict: RunVerdict,
  startedAt: instant,
  finishedAt: instant,
  vantage: z.string(),
  coverage: Coverage,
  snapshotSha256: z.string().nullable().describe('of its own report’s evidence; null where it has none'),
});
export type SourceRun = z.infer<typeof SourceRun>;

/** Spread into the schema of each kind. */
export const reportHead = {
  parameters: ReportParameters,
  madeAt: instant,
  inventory: z.object({ version: z.string().nullable(), path: z.string(), sha256: z.string() }),
  scopes: z.array(ReportScope).readonly(),
  runs: z.array(SourceRun).readonly(),
  runsLeftOut: z
    .int()
    .min(1)
    .optional()
    .describe('runs that it rests on too, and that are not listed: the evidence would be too large'),
  tool: z.object({ name: z.literal('portolan'), version: z.string() }),
};
const ReportHead = z.object(reportHead);
export type ReportHead = z.infer<typeof ReportHead>;
