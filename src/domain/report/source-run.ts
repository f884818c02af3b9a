/*
 * A run as the head of a report lists it. One that ended before it could see anything has probed nothing.
 */
import type { EvidenceRun } from './compliance-facts.js';
import type { SourceRun } from './head.js';

const NOTHING_SEEN = { expected: 0, probed: 0, answered: 0, unknown: 0 };

export function sourceRun(run: EvidenceRun): SourceRun {
  return {
    ...{ run: run.run, audit: run.audit, verdict: run.verdict },
    startedAt: run.startedAt.toISOString(),
    finishedAt: run.finishedAt.toISOString(),
    vantage: run.vantage,
    coverage: run.coverage ?? NOTHING_SEEN,
    snapshotSha256: run.snapshotSha256,
  };
}
