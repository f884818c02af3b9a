/*
 * What is wrong with the watching itself, and not with the network: a scanner that could not be believed, an audit that has
 * had no trustworthy run for too long. One alert when it begins and one when it is over, however many runs it spoils.
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
  readonly cause: 'scanner-health' | 'stale';
  readonly audit: string;
  readonly since: Date;
  readonly why: string;
}

export function conditionsOf(
  { audit, mayRun, trustedAt, since, spoilt }: AuditHealth,
  now: Date,
): Condition[] {
  const conditions: Condition[] = [];
  if (spoilt)
    conditions.push({ cause: 'scanner-health', audit: audit.name, since: spoilt.at, why: spoilt.because });
  const stale = mayRun ? staleSince(audit, trustedAt, since, now) : null;
  if (stale) {
    const last = trustedAt ? `the last one ended at ${trustedAt.toISOString()}` : 'there has been none yet';
    const why = `two intervals have gone by without a run that can be trusted; ${last}`;
    conditions.push({ cause: 'stale', audit: audit.name, since: stale, why });
  }
  return conditions;
}

export function conditionAlert(
  { cause, audit, why }: Condition,
  about: {
    readonly key: string;
    readonly thread: string;
    readonly isOver: boolean;
    readonly url: string | null;
    readonly now: Date;
  },
): Alert {
  const { key, thread, isOver, url, now } = about;
  const begun = cause === 'stale' ? 'An audit has had no trustworthy run' : 'A scanner could not be believed';
  const over =
    cause === 'stale' ? 'An audit has a trustworthy run again' : 'The scanner can be believed again';
  return {
    ...{ key, thread, isOver, audit, url, severity: 'high', cause: isOver ? 'resolved' : cause },
    title: `${isOver ? over : begun}: ${audit}`,
    findings: [],
    total: 0,
    counts: { critical: 0, high: 0, medium: 0, low: 0 },
    because: isOver ? 'the receiver was told that it began' : `you run the service, and ${why}`,
    at: now.toISOString(),
  };
}
