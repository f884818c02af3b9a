/*
 * A report's snapshot cut into what is read at a time. The snapshot of a large run is tens of megabytes, of which a page shows the first
 * findings and a hundred hosts: whoever shows it reads those, and the rest stays where it is. Pure; nothing is said here that the
 * snapshot does not say.
 */
import type { ReportFinding, ReportHost, ReportSnapshot } from './exposure.js';

export const FINDINGS_SHOWN = 200;
export const HOSTS_A_PAGE = 100;

export interface ReportSummary {
  /** One more than are shown, where there are more. */
  readonly findings: readonly ReportFinding[];
  readonly resolved: readonly ReportFinding[];
  readonly owners: ReportSnapshot['owners'];
  /** How many hosts there are. */
  readonly total: number;
}

export interface ReportPages {
  readonly summary: ReportSummary;
  readonly hosts: readonly (readonly ReportHost[])[];
}

export function pagesOf({ findings, resolved, owners, hosts }: ReportSnapshot): ReportPages {
  const pages: ReportHost[][] = [];
  for (let at = 0; at < hosts.length; at += HOSTS_A_PAGE) pages.push(hosts.slice(at, at + HOSTS_A_PAGE));
  return {
    summary: {
      findings: findings.slice(0, FINDINGS_SHOWN + 1),
      resolved: resolved.slice(0, FINDINGS_SHOWN),
      owners,
      total: hosts.length,
    },
    hosts: pages,
  };
}
