/*
 * The sums that a report's first pages say of its snapshot, counted in one place: for the pages, and for whoever compares the pages
 * with the evidence.
 */
import type { ReportSnapshot, RunVerdict } from './exposure.js';

export interface ReportTotals {
  readonly run: string;
  readonly verdict: RunVerdict;
  /** Findings that wait for somebody: all but those that are accepted. */
  readonly toDo: number;
  readonly fresh: number;
  readonly resolved: number;
  readonly accepted: number;
  readonly cleanHosts: number;
  readonly hosts: number;
  /** Pairs of host and port that the audit ordered. */
  readonly ports: number;
}

export function reportTotals(
  snapshot: Pick<ReportSnapshot, 'run' | 'verdict' | 'findings' | 'resolved' | 'hosts' | 'coverage'>,
): ReportTotals {
  const { run, verdict, findings, resolved, hosts, coverage } = snapshot;
  const accepted = findings.filter(({ state }) => state === 'accepted').length;
  return {
    ...{ run, verdict, accepted },
    toDo: findings.length - accepted,
    fresh: findings.filter(({ isNew }) => isNew).length,
    resolved: resolved.length,
    cleanHosts: hosts.filter((host) => host.verdict === 'match').length,
    hosts: hosts.length,
    ports: coverage.expected,
  };
}
