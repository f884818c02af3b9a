/*
 * The findings of a report as CSV, safe to open in a spreadsheet.
 */
import { csvLine } from '../domain/csv.js';
import type { ReportFinding } from '../domain/report/exposure.js';

const COLUMNS = [
  'severity',
  'kind',
  'host',
  'address',
  'port',
  'declared',
  'observed',
  'service',
  'owner',
  'state',
  'firstSeen',
  'lastSeen',
  'evidence',
  'advice',
] as const satisfies ReadonlyArray<keyof ReportFinding>;

export function findingsCsv(findings: readonly ReportFinding[]): string {
  const rows = findings.map((finding) => COLUMNS.map((column) => finding[column]));
  return [COLUMNS, ...rows].map(csvLine).join('');
}
