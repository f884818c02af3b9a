/*
 * A report as CSV, safe to open in a spreadsheet (domain/csv.ts): its findings, and, as another file, its hosts with what was seen of
 * each. What of a host is unknown has a column of its own there; a list of findings alone cannot tell it.
 */
import { csvLine } from '../../domain/csv.js';
import type { ReportFinding, ReportHost } from '../../domain/report/exposure/exposure.js';

const FINDINGS = [
  ...(['severity', 'kind', 'host', 'address', 'port', 'declared', 'observed', 'service', 'owner'] as const),
  ...(['state', 'firstSeen', 'lastSeen', 'evidence', 'advice', 'acceptedUntil'] as const),
] as const satisfies ReadonlyArray<keyof ReportFinding>;

const HOSTS = [
  ...(['host', 'address', 'owner', 'tags', 'verdict', 'probed', 'open', 'closed', 'filtered'] as const),
  ...(['unreachable', 'unknown', 'medianConnectMs'] as const),
] as const satisfies ReadonlyArray<keyof ReportHost>;

export function* findingsCsv(findings: readonly ReportFinding[]): Iterable<string> {
  yield csvLine(FINDINGS);
  for (const finding of findings) yield csvLine(FINDINGS.map((column) => finding[column]));
}

export function* hostsCsv(hosts: readonly ReportHost[]): Iterable<string> {
  yield csvLine(HOSTS);
  for (const host of hosts) yield csvLine(HOSTS.map((column) => cellOf(host[column])));
}

const cellOf = (value: string | number | null | readonly string[]): string | number | null =>
  typeof value === 'object' && value !== null ? value.join(' ') : value;
