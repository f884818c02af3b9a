/*
 * A report that was asked for as CSV: the one list of its kind that people sort and count, a row an item, safe to open in a spreadsheet
 * (domain/csv.ts). What is not in the list although it belongs there has a row at the end that says so in its `note`, and says nothing
 * else. Pure.
 */
import { csvLine } from '../../domain/csv.js';
import type { AttestationSnapshot } from '../../domain/report/attestation/attestation.js';
import type { ComplianceSnapshot } from '../../domain/report/compliance/compliance.js';
import type { DriftSnapshot } from '../../domain/report/drift/drift.js';
import type { ExceptionsSnapshot } from '../../domain/report/exceptions/exceptions.js';
import type { ExposuresSnapshot } from '../../domain/report/exposure/exposures.js';
import type { AskedSnapshot } from '../kinds/formats.js';

type Value = string | number | boolean | null | undefined | readonly string[];
type Row = Readonly<Record<string, Value>>;

interface Table {
  readonly columns: readonly string[];
  readonly rows: Iterable<Row>;
  /** What is not among the rows; null where all is there. */
  readonly note: string | null;
}

const PLACE = ['host', 'address', 'port', 'service', 'owner'] as const;

export function* askedCsv(snapshot: AskedSnapshot): Iterable<string> {
  const { columns, rows, note } = tableOf(snapshot);
  const line = (row: Row): string => csvLine([...columns.map((column) => cellOf(row[column])), null]);
  yield csvLine([...columns, 'note']);
  for (const row of rows) yield line(row);
  if (note !== null) yield csvLine([...columns.map(() => null), note]);
}

function tableOf(snapshot: AskedSnapshot): Table {
  switch (snapshot.format) {
    case 'portolan-exposure/1':
      return exposure(snapshot);
    case 'portolan-drift/1':
      return drift(snapshot);
    case 'portolan-compliance/1':
      return compliance(snapshot);
    case 'portolan-attestation/1':
      return attestation(snapshot);
    case 'portolan-exceptions/1':
      return exceptions(snapshot);
  }
}

const exposure = ({ findings }: ExposuresSnapshot): Table => ({
  columns: [
    ...['severity', 'kind', 'host', 'address', 'port', 'declared', 'observed', 'service', 'owner', 'state'],
    ...['firstSeen', 'lastSeen', 'evidence', 'advice', 'acceptedUntil', 'run', 'audits'],
  ],
  rows: findings,
  note: null,
});

/** A row for each step that a finding took in the period. */
function drift({ findings, findingsLeftOut }: DriftSnapshot): Table {
  return {
    columns: [
      ...['finding', 'severity', 'kind', ...PLACE, 'before', 'after', 'move', 'account', 'at', 'run'],
      ...['stoodMs', 'flapping'],
    ],
    rows: each(findings, ({ id, steps, ...finding }) =>
      steps.map((step) => ({ ...finding, ...step, finding: id })),
    ),
    note:
      findingsLeftOut === undefined
        ? null
        : `${findingsLeftOut} findings that moved too are not listed: the evidence would be too large`,
  };
}

/** A row for each condition of a control; one for a control without any. */
function compliance({ framework, controls }: ComplianceSnapshot): Table {
  return {
    columns: ['framework', 'control', 'status', 'role', 'condition', 'weight', 'count', 'of', 'outcome'],
    rows: each(controls, ({ id, status, role, conditions }) => {
      const control = { framework, control: id, status, role };
      if (conditions.length === 0) return [control];
      return conditions.map(({ id: condition, ...one }) => ({ ...control, condition, ...one }));
    }),
    note: null,
  };
}

/** A row for each service that somebody answers for. */
const attestation = ({ services }: AttestationSnapshot): Table => ({
  columns: [
    ...['owner', 'host', 'ports', 'service', 'why', 'requestedBy', 'approvedBy', 'reviewBy', 'isOverdue'],
  ],
  rows: services,
  note: null,
});

/** Those that stand, and behind them those that ended in the period. */
function exceptions({ exceptions: standing, ended, versionsUnread }: ExceptionsSnapshot): Table {
  const missing = [
    left(standing, 'exceptions'),
    left(ended, 'that ended'),
    versionsUnread ? `${versionsUnread} versions of the inventory were not read` : null,
  ].filter((part) => part !== null);
  return {
    columns: [
      ...['state', 'source', 'finding', 'kind', 'severity', 'host', 'address', 'ports', 'owner', 'reason'],
      ...['requestedBy', 'approvedBy', 'since', 'until', 'daysLeft', 'reviewBy', 'covers'],
      ...['how', 'at', 'by', 'why'],
    ],
    rows: [...standing.rows, ...ended.rows.map((one) => ({ ...one, state: 'over' }))],
    note: missing.length === 0 ? null : missing.join('; '),
  };
}

function left({ total, rows }: { total: number; rows: readonly object[] }, what: string): string | null {
  return total > rows.length ? `${total - rows.length} more ${what} are not listed` : null;
}

function* each<T>(items: readonly T[], rowsOf: (item: T) => readonly Row[]): Iterable<Row> {
  for (const item of items) yield* rowsOf(item);
}

function cellOf(value: Value): string | number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? value.join(' ') : value;
}
