/*
 * What is wrong with the watching itself, and not with the network: a scanner that could not be believed, an audit that has
 * had no trustworthy run for too long, a ledger that does not hold or can't be signed, a report that was not made. One alert when it
 * begins and one when it is over, however much it spoils.
 */
import type { Alert } from './alert.js';
import type { Audit } from './inventory.js';
import { staleSince } from './staleness.js';

/** What is known of an audit's runs. */
export interface AuditHealth {
  readonly audit: Audit;
  /** Nobody has paused it, no blackout holds it. */
  readonly mayRun: boolean;
  /** When its last run ended that judged something; null where there is none. */
  readonly trustedAt: Date | null;
  /** When its schedule began to hold. */
  readonly since: Date;
  /** Its last run, where the gate has turned it away or it failed; null where it ended otherwise. */
  readonly spoilt: { readonly at: Date; readonly because: string } | null;
}

export interface Condition {
  readonly cause: 'scanner-health' | 'stale' | 'ledger' | 'report';
  /** The audit; of the ledger what it is that is wrong, of reports the schedule. With the cause it is there once. */
  readonly about: string;
  readonly since: Date;
  readonly why: string;
}

export function conditionsOf(
  { audit, mayRun, trustedAt, since, spoilt }: AuditHealth,
  now: Date,
): Condition[] {
  const conditions: Condition[] = [];
  if (spoilt)
    conditions.push({ cause: 'scanner-health', about: audit.name, since: spoilt.at, why: spoilt.because });
  const stale = mayRun ? staleSince(audit, trustedAt, since, now) : null;
  if (stale) {
    const last = trustedAt ? `the last one ended at ${trustedAt.toISOString()}` : 'there has been none yet';
    const why = `two intervals have gone by without a run that can be trusted; ${last}`;
    conditions.push({ cause: 'stale', about: audit.name, since: stale, why });
  }
  return conditions;
}

export const isOfAudit = (cause: Condition['cause']): boolean =>
  cause === 'scanner-health' || cause === 'stale';

const TITLES: Readonly<Record<string, { readonly begun: string; readonly over: string }>> = {
  'scanner-health': { begun: 'A scanner could not be believed', over: 'The scanner can be believed again' },
  stale: {
    begun: 'An audit has had no trustworthy run',
    over: 'An audit has a trustworthy run again',
  },
  report: { begun: 'A report was not made', over: 'A report was made again' },
  'ledger check': { begun: 'The ledger does not hold', over: 'The ledger holds' },
  'ledger key': { begun: 'The ledger can’t be signed', over: 'The ledger can be signed again' },
};

export function conditionAlert(
  { cause, about: matter, why }: Condition,
  about: {
    readonly key: string;
    readonly thread: string;
    readonly isOver: boolean;
    readonly url: string | null;
    readonly now: Date;
  },
): Alert {
  const { key, thread, isOver, url, now } = about;
  const { begun, over } = TITLES[cause] ?? TITLES[`${cause} ${matter}`]!;
  const title = isOver ? over : begun;
  return {
    ...{ key, thread, isOver, url, cause: isOver ? 'resolved' : cause },
    audit: isOfAudit(cause) ? matter : null,
    severity: cause === 'ledger' ? 'critical' : 'high',
    title: cause === 'ledger' ? title : `${title}: ${matter}`,
    findings: [],
    total: 0,
    counts: { critical: 0, high: 0, medium: 0, low: 0 },
    because: isOver ? 'the receiver was told that it began' : `you run the service, and ${why}`,
    at: now.toISOString(),
  };
}
