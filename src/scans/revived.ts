/*
 * Findings that were kept as JSON beside a run's verdict, made findings again.
 */
import type { Finding } from '../domain/finding.js';

/** A finding that was kept as JSON, with its instants as such again. */
export function revived(finding: Finding): Finding {
  const instant = (value: Date | null): Date | null => (value === null ? null : new Date(value));
  return {
    ...finding,
    firstSeen: new Date(finding.firstSeen),
    lastSeen: new Date(finding.lastSeen),
    openedAt: instant(finding.openedAt),
    resolvedAt: instant(finding.resolvedAt),
    // One that was kept by an older version knows nothing of these.
    acceptedBy: finding.acceptedBy ?? null,
    assignee: finding.assignee ?? null,
    looks: finding.looks ?? '',
    turns: (finding.turns ?? []).map((turn) => new Date(turn)),
    evidenceAt: new Date(finding.evidenceAt),
    evidenceOrder: finding.evidenceOrder ?? 0,
  };
}
