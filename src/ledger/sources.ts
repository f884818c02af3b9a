/*
 * What the ledger records, and of each source exactly which columns: those that never change once a row is recorded. What is not
 * named here may be changed without being found.
 *
 * A source's columns are for good. To record one more, give it a new version beside the old: entries name the version by which they
 * were made, and are checked by that. Values are the database's own text of them; times are in UTC, to the microsecond.
 */
import { KEY_CHANGES } from '../domain/ledger-keys.js';

export interface Source {
  readonly name: string;
  readonly version: number;
  /** What people call its rows. */
  readonly rows: string;
  readonly table: string;
  /**
   * `id`: a row is final from the beginning, and is recorded in the order of its id. `end`: it becomes so later, in any order, and
   * ledger_due has it then.
   */
  readonly by: 'id' | 'end';
  /** Which rows are final, in SQL, where not all of them are. */
  readonly isFinal: string | null;
  /** What is recorded: an SQL expression that gives a text, by the name that it has in the digest. */
  readonly columns: Readonly<Record<string, string>>;
  /** Which of these stand in the entry in clear; an entry then is about one row. */
  readonly inClear: readonly string[];
}

const time = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
/** Long texts are named by their SHA-256, and need not leave the database. */
const sha256 = (text: string): string => `encode(sha256(convert_to(${text}, 'UTF8')), 'hex')`;
/** What was let go of is named by the SHA-256 that it had: the rest of its row is still held to what was recorded. */
const unlessLetGo = (digest: string, had: string): string =>
  `coalesce(${digest}, case when let_go_at is not null then ${had} end)`;
const texts = (...columns: string[]): Record<string, string> =>
  Object.fromEntries(columns.map((column) => [column, `${column}::text`]));
const times = (...columns: string[]): Record<string, string> =>
  Object.fromEntries(columns.map((column) => [column, time(column)]));

const FINDING_EVENT: Source = {
  name: 'finding-event',
  version: 1,
  rows: 'steps of findings',
  table: 'finding_event',
  by: 'id',
  isFinal: null,
  columns: {
    ...texts('id', 'finding_id', 'run_id', 'actor', 'from_state', 'to_state', 'why'),
    ...times('at'),
    // Of which finding: its row changes, its key does not.
    finding: '(select key from finding where finding.id = finding_id)',
  },
  inClear: [],
};

const AUDIT_LOG: Source = {
  name: 'audit-log',
  version: 1,
  rows: 'entries of the audit log',
  table: 'audit_log',
  by: 'id',
  isFinal: null,
  columns: {
    ...texts('id', 'actor', 'account_id', 'address', 'action', 'subject', 'outcome', 'intent_id'),
    ...times('at'),
  },
  inClear: [],
};

const INVENTORY: Source = {
  name: 'inventory',
  version: 1,
  rows: 'versions of the inventory',
  table: 'inventory_version',
  by: 'id',
  isFinal: null,
  columns: {
    ...texts('id', 'path', 'sha256', 'applied_by', 'note'),
    ...times('loaded_at'),
    sources: sha256('sources::text'),
  },
  inClear: ['id', 'sha256'],
};

const RUN: Source = {
  name: 'run',
  version: 1,
  rows: 'runs that have ended',
  table: 'run',
  by: 'end',
  isFinal: `state = 'finished'`,
  columns: {
    ...texts('id', 'audit', 'trigger', 'inventory_version_id', 'vantage', 'state', 'resolved'),
    ...texts('verdict', 'because', 'coverage', 'cancelled_by'),
    ...times('due_at', 'cancelled_at', 'started_at', 'finished_at'),
  },
  inClear: ['id', 'verdict'],
};

const REPORT: Source = {
  name: 'report',
  version: 1,
  rows: 'snapshots of reports',
  table: 'report',
  by: 'id',
  isFinal: null,
  columns: {
    ...texts('id', 'run_id', 'kind', 'title', 'parameters', 'snapshot_sha256'),
    ...times('made_at'),
    snapshot: unlessLetGo(sha256('snapshot'), 'snapshot_sha256'),
  },
  inClear: ['id', 'run_id', 'kind', 'snapshot_sha256'],
};

const PRINT: Source = {
  name: 'print',
  version: 1,
  rows: 'printed reports',
  table: 'report',
  by: 'end',
  isFinal: 'printed_at is not null',
  columns: {
    ...texts('id', 'run_id', 'snapshot_sha256', 'pdf_sha256', 'certificate_sha256', 'stamped_by'),
    ...times('printed_at', 'stamped_at'),
    pdf: unlessLetGo(`encode(sha256(pdf), 'hex')`, 'pdf_sha256'),
  },
  inClear: ['id', 'run_id', 'snapshot_sha256', 'pdf_sha256', 'certificate_sha256'],
};

/** Its evidence and its PDF were deleted on purpose, because they were old; one whose are not there is an entry of this. */
const REPORT_LET_GO: Source = {
  name: 'report-let-go',
  version: 1,
  rows: 'reports that were let go of',
  table: 'report',
  by: 'end',
  isFinal: 'let_go_at is not null',
  columns: { ...texts('id', 'run_id', 'snapshot_sha256', 'pdf_sha256'), ...times('let_go_at') },
  inClear: ['id', 'run_id', 'snapshot_sha256', 'pdf_sha256'],
};

const SIGN_OFF: Source = {
  name: 'sign-off',
  version: 1,
  rows: 'sign-offs of owners',
  table: 'report_signoff',
  by: 'id',
  isFinal: null,
  columns: {
    ...texts('id', 'report_id', 'owner', 'statement', 'comment', 'snapshot_sha256'),
    ...times('at'),
    by: '"by"::text',
  },
  inClear: ['id', 'report_id', 'snapshot_sha256'],
};

const REPORT_FETCH: Source = {
  name: 'report-fetch',
  version: 1,
  rows: 'fetches of reports',
  table: 'report_fetch',
  by: 'id',
  isFinal: null,
  columns: { ...texts('id', 'report_id', 'how', 'form'), ...times('at'), by: '"by"::text' },
  inClear: [],
};

/** All of it in clear: an export of the chain has with it which key introduced which. */
const KEY_CHANGE_COLUMNS = {
  ...texts('id', 'seq', 'hash', 'key_id', 'public_key', 'next_key_id', 'next_public_key', 'why', 'signature'),
  ...times('at'),
  by: '"by"::text',
};

/** Recorded by whoever changes the key, in the same transaction. */
export const KEY_CHANGE: Source = {
  name: KEY_CHANGES,
  version: 1,
  rows: 'changes of the ledger’s key',
  table: 'ledger_key_change',
  by: 'id',
  isFinal: null,
  columns: KEY_CHANGE_COLUMNS,
  inClear: Object.keys(KEY_CHANGE_COLUMNS),
};

/** As they are recorded now. */
export const SOURCES: readonly Source[] = [
  ...[INVENTORY, RUN, REPORT, PRINT, SIGN_OFF, REPORT_LET_GO],
  ...[FINDING_EVENT, REPORT_FETCH, AUDIT_LOG, KEY_CHANGE],
];

const MOST_ROWS_AN_ENTRY = 100;

export const rowsAnEntry = ({ inClear, by }: Source): number =>
  inClear.length > 0 || by === 'end' ? 1 : MOST_ROWS_AN_ENTRY;

/** Null where this version of ours does not know it. */
export const sourceOf = (name: string, version: number): Source | null =>
  SOURCES.find((one) => one.name === name && one.version === version) ?? null;
