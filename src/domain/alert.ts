/*
 * One message to one receiver: what it is about, why it is sent now, and under which name the receiver's side knows it. It
 * is made once, kept, and sent until it has arrived; each channel gives it its own form (alerts/senders/).
 *
 * `key` is the same on every try, so that a receiver can tell a repeat from a second message; `thread` is the same for all
 * messages of one matter, from its beginning to its end.
 */
import type { DriftKind, Severity } from './drift.js';
import type { FindingState } from './finding.js';

/** Why a message is sent. */
export const ALERT_CAUSES = [
  'opened', // a drift has been confirmed, or has come back
  'still-open', // it was told of before, and is open still
  'overdue', // nobody has acknowledged it by its due date
  'resolved', // what was told of is over
  'digest', // all that is open, at the time that the receiver wants it
  'scanner-health', // runs that could not be believed
  'stale', // no trustworthy run for too long
  'ledger', // what is recorded for good is not what was recorded, or can't be signed
  'report', // one of a schedule was not made
  'test', // somebody wants to see whether it arrives
] as const;
export type AlertCause = (typeof ALERT_CAUSES)[number];

/** A finding as a message shows it. Dates are ISO 8601, in UTC: it is kept as JSON. */
export interface AlertFinding {
  readonly id: string;
  readonly kind: DriftKind;
  readonly severity: Severity;
  readonly state: FindingState;
  readonly host: string;
  readonly address: string | null;
  readonly port: number | null;
  readonly service: string | null;
  readonly owner: string | null;
  readonly declared: string | null;
  readonly observed: string | null;
  /** What was seen, in a sentence. */
  readonly evidence: string;
  /** What to do about it, in a sentence. */
  readonly advice: string;
  /** Since when it is open. */
  readonly since: string;
  readonly dueAt: string | null;
  /** Where it is shown; null where the service does not know its own address. */
  readonly url: string | null;
}

export interface Alert {
  readonly key: string;
  readonly thread: string;
  readonly cause: AlertCause;
  /** The gravest of what it is about. */
  readonly severity: Severity;
  /** One line, without an address or a port. */
  readonly title: string;
  /** The gravest first; at most {@link SHOWN_MOST}. */
  readonly findings: readonly AlertFinding[];
  /** How many it is about, those that are not shown among them. */
  readonly total: number;
  readonly counts: Readonly<Record<Severity, number>>;
  /** Who hears of it, and by which rule. */
  readonly because: string;
  /** Of the audit, where it is about one. */
  readonly audit: string | null;
  /** Where all of it is shown. */
  readonly url: string | null;
  readonly at: string;
  /** Is the matter over, so that whoever was called may rest? */
  readonly isOver: boolean;
}

/** More in one message nobody reads: the rest is a number and a link. */
export const SHOWN_MOST = 20;
