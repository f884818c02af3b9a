/*
 * What a filter of runs says, as a condition of SQL; a filter that is not set leaves nothing behind, so that the database plans by
 * what is asked.
 */
import type { RunVerdict } from '../domain/report/exposure/exposure.js';

export interface RunFilter {
  readonly audit: string | null;
  /** `going` is those that have no verdict yet. */
  readonly verdict: RunVerdict | 'going' | null;
  /** By when they were due: from an instant on, until before another. */
  readonly from: Date | null;
  readonly until: Date | null;
}

export interface RunPage extends Partial<RunFilter> {
  /** From below this run on. */
  readonly before: string | null;
  readonly limit: number;
}

export function runConditions(page: RunPage): { where: string; parameters: unknown[] } {
  const { before, audit = null, verdict = null, from = null, until = null } = page;
  const parameters: unknown[] = [];
  const given = (value: unknown): string => `$${parameters.push(value)}`;
  const parts: string[] = [];
  if (before !== null) parts.push(`run.id < ${given(before)}`);
  if (audit !== null) parts.push(`run.audit = ${given(audit)}`);
  if (verdict === 'going') parts.push(`run.state <> 'finished'`);
  else if (verdict !== null) parts.push(`run.verdict = ${given(verdict)}`);
  if (from !== null) parts.push(`run.due_at >= ${given(from)}`);
  if (until !== null) parts.push(`run.due_at < ${given(until)}`);
  return { where: parts.join(' and ') || 'true', parameters };
}
