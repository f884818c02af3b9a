/*
 * What the status of a control is decided by: a table of conditions, each a count or a share of the tallies (compliance.ts), and one
 * rule that makes a status of them. A reader can do it by hand, as every condition is printed beside the status with its numbers.
 *
 *   contradicted   something that stands against it is more than none
 *   unproven       of something without which nothing is shown there is none
 *   partly         of something there is less than all, or a rescan is all that this can be
 *   supported      all of it
 *
 * The promise: a run that cannot be trusted is counted in no condition; what is unknown is part of the whole, and never of what was
 * seen; so that less evidence never makes a better status.
 */

import type { ComplianceTallies } from './compliance.js';
import type { Control, EvidenceRole } from './framework.js';

export const CONTROL_STATUSES = ['supported', 'partly', 'unproven', 'contradicted'] as const;
export type ControlStatus = (typeof CONTROL_STATUSES)[number];

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
  'reviewed-in-period': ({ reviews }) => ({ count: Math.min(1, reviews.inPeriod), of: 1 }),
  'reviewed-in-184': ({ reviews }) => ({ count: Math.min(1, reviews.inLast184), of: 1 }),
  'second-vantage': ({ vantages }) => ({ count: Math.min(2, vantages.length), of: 2 }),
  'scopes-end': ({ scopes }) => ({ count: scopes.withEnd, of: scopes.all }),
} as const satisfies Readonly<Record<string, Shown>>;
export type ShareId = keyof typeof SHARES;

export type ConditionWeight = 'against' | 'basis' | 'whole';
export type ConditionOutcome = 'holds' | 'in-part' | 'fails';

export interface JudgedCondition {
  readonly id: AgainstId | ShareId;
  readonly weight: ConditionWeight;
  readonly count: number;
  /** Null where one is too many. */
  readonly of: number | null;
  readonly outcome: ConditionOutcome;
}

export interface JudgedControl {
  readonly id: string;
  readonly role: EvidenceRole;
  readonly status: ControlStatus;
  readonly conditions: readonly JudgedCondition[];
}

export function judgeControl(control: Control, tallies: ComplianceTallies): JudgedControl {
  const conditions = [
    ...control.against.map((id) => againstOf(id, AGAINST[id](tallies))),
    ...control.basis.map((id) => shareOf(id, 'basis', SHARES[id](tallies))),
    ...control.whole.map((id) => shareOf(id, 'whole', SHARES[id](tallies))),
  ];
  return { id: control.id, role: control.role, status: statusOf(control.role, conditions), conditions };
}

export function statusOf(
  role: EvidenceRole,
  conditions: ReadonlyArray<Pick<JudgedCondition, 'weight' | 'outcome'>>,
): ControlStatus {
  const any = (weight: ConditionWeight, outcome: ConditionOutcome): boolean =>
    conditions.some((one) => one.weight === weight && one.outcome === outcome);
  if (any('against', 'fails')) return 'contradicted';
  if (any('basis', 'fails')) return 'unproven';
  const isWhole = conditions.every(({ outcome }) => outcome === 'holds');
  return isWhole && role !== 'rescan' ? 'supported' : 'partly';
}

const againstOf = (id: AgainstId, count: number): JudgedCondition => ({
  ...{ id, weight: 'against', count, of: null },
  outcome: count === 0 ? 'holds' : 'fails',
});

/** Of nothing there is all; but where it is what everything rests on, of nothing there is nothing. */
function shareOf(id: ShareId, weight: 'basis' | 'whole', { count, of }: Share): JudgedCondition {
  const isNothing = of === 0 ? weight === 'basis' : count <= 0;
  return { id, weight, count, of, outcome: isNothing ? 'fails' : count >= of ? 'holds' : 'in-part' };
}

export const COMPLIANCE_WORDS = ['supported', 'contradicted', 'unproven'] as const;
export type ComplianceWord = (typeof COMPLIANCE_WORDS)[number];

/** One word for all controls: a rescan can be shown no better than in part, and is asked for all of its conditions. */
export function wordOf(controls: readonly JudgedControl[]): ComplianceWord {
  if (controls.some(({ status }) => status === 'contradicted')) return 'contradicted';
  const isShown = ({ role, status, conditions }: JudgedControl): boolean =>
    status === 'supported' || (role === 'rescan' && conditions.every(({ outcome }) => outcome === 'holds'));
  return controls.length > 0 && controls.every(isShown) ? 'supported' : 'unproven';
}
