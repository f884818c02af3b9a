/*
 * The conditions that statuses of controls are decided by, each a count or a share of the tallies (compliance.ts). What follows from
 * them is in control-rules.ts.
 *
 * The promise: a run that cannot be trusted is counted in none; what is unknown is part of a whole, and never of what was seen.
 */
import type { ComplianceTallies } from './compliance.js';

export interface Share {
  readonly count: number;
  readonly of: number;
}

type Against = (tallies: ComplianceTallies) => number;
type Shown = (tallies: ComplianceTallies) => Share;

/** Findings that are open, and the like: one is enough. */
export const AGAINST = {
  'open-beyond-declared': ({ findings }) => findings.open['unexpected-open'],
  'answers-beyond-declared': ({ findings }) => findings.open['unexpected-answer'],
  'undeclared-hosts': ({ findings }) => findings.open['undeclared-host'],
  'insecure-beyond-declared': ({ findings }) => findings.insecure,
  'databases-beyond-declared': ({ findings }) => findings.databases,
  'management-over-14': ({ findings }) => findings.managementOver14,
  'drift-open': ({ findings: { open } }) =>
    open['unexpected-open'] +
    open['unexpected-closed'] +
    open['unexpected-filtered'] +
    open['unexpected-answer'] +
    open['host-down'] +
    open['undeclared-host'] +
    open['address-moved'],
  'findings-overdue': ({ findings }) => findings.overdue,
  'reviews-overdue': ({ services }) => services.reviewOverdue,
  'exceptions-past-end': ({ exceptions }) => exceptions.ended,
} as const satisfies Readonly<Record<string, Against>>;
export type AgainstId = keyof typeof AGAINST;

const hostsEvery =
  (days: keyof ComplianceTallies['hosts']['every']): Shown =>
  ({ hosts }) => ({ count: hosts.every[days], of: hosts.all });

/** Before signatures were counted one for anything was asked for, and none could be had. */
const reviewedIn =
  (time: 'inPeriod' | 'inLast184'): Shown =>
  ({ reviews, services }) =>
    reviews.services
      ? { count: reviews.services[time], of: services.open }
      : { count: Math.min(1, reviews[time]), of: 1 };

export const SHARES = {
  'audits-ran': ({ audits }) => ({ count: audits.trusted, of: audits.all }),
  'hosts-seen': ({ hosts }) => ({ count: hosts.seen, of: hosts.all }),
  'every-port-seen': ({ hosts }) => ({ count: hosts.everyPort, of: hosts.all }),
  'management-ports-seen': ({ hosts }) => ({ count: hosts.managementPorts, of: hosts.all }),
  'hosts-every-1': hostsEvery('days1'),
  'hosts-every-7': hostsEvery('days7'),
  'hosts-every-31': hostsEvery('days31'),
  'hosts-every-92': hostsEvery('days92'),
  'hosts-every-184': hostsEvery('days184'),
  'hosts-owned': ({ hosts }) => ({ count: hosts.owned, of: hosts.all }),
  'hosts-in-scope': ({ hosts }) => ({ count: hosts.inScope, of: hosts.all }),
  'undeclared-is-drift': ({ undeclared }) => ({ count: undeclared === 'closed' ? 1 : 0, of: 1 }),
  'services-declared': ({ services }) => ({ count: Math.min(1, services.open), of: 1 }),
  'services-owned': ({ services }) => ({ count: services.owned, of: services.open }),
  'services-reasoned': ({ services }) => ({ count: services.reasoned, of: services.open }),
  'services-approved': ({ services }) => ({ count: services.approved, of: services.open }),
  'approved-by-another': ({ services }) => ({ count: services.approvedByAnother, of: services.open }),
  'review-days-set': ({ services }) => ({ count: services.reviewDay, of: services.open }),
  'declared-seen': ({ services }) => ({ count: services.pairsSeen, of: services.pairs }),
  'insecure-reasoned': ({ services }) => ({ count: services.insecureReasoned, of: services.insecure }),
  'insecure-approved': ({ services }) => ({ count: services.insecureApproved, of: services.insecure }),
  'none-insecure': ({ services }) => ({ count: services.open - services.insecure, of: services.open }),
  'management-reasoned': ({ services }) => ({ count: services.managementReasoned, of: services.management }),
  'nothing-suspected': ({ findings }) => ({ count: findings.all - findings.suspected, of: findings.all }),
  'open-owned': ({ findings }) => ({ count: findings.ownedToDo, of: findings.toDo }),
  'accepted-until': ({ findings }) => ({ count: findings.acceptedUntil, of: findings.accepted }),
  'fixes-rescanned': ({ fixed }) => ({ count: fixed.byRun, of: fixed.all }),
  'versions-signed': ({ inventory }) => ({ count: inventory.signed, of: inventory.versions }),
  'reviewed-in-period': reviewedIn('inPeriod'),
  'reviewed-in-184': reviewedIn('inLast184'),
  'second-vantage': ({ vantages }) => ({ count: Math.min(2, vantages.length), of: 2 }),
  'scopes-end': ({ scopes }) => ({ count: scopes.withEnd, of: scopes.all }),
} as const satisfies Readonly<Record<string, Shown>>;
export type ShareId = keyof typeof SHARES;
