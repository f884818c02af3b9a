/*
 * Findings as CSV (RFC 4180), safe to open in a spreadsheet: text that a spreadsheet would take for a formula begins
 * with an apostrophe (OWASP, CSV injection).
 */
import type { ReportFinding } from '../domain/report.js';

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
  const rows = findings.map((finding) => COLUMNS.map((column) => cell(finding[column])));
  return [COLUMNS, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
