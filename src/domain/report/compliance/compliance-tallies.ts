/*
 * Counts all that the statuses of controls are decided by, each once, from all rows. Pure.
 */
import { sameName } from '../../act.js';
import { allowedOn, selects } from '../../audit-plan.js';
import { isPast } from '../../day.js';
import { DRIFT_KINDS, type DriftKind } from '../../drift.js';
import type { Host } from '../../inventory.js';
import { PortSet } from '../../port-set.js';
import { endedOf, exceptionsOf } from '../exceptions/subject-exceptions.js';
import { isEvery } from '../period.js';
import type { ReportSubject } from '../subject.js';
import type {
  AuditEvidence,
  ComplianceTallies,
  FindingEvidence,
  Period,
  ReviewEvidence,
  ServiceEvidence,
  VersionEvidence,
} from './compliance.js';
import { type ComplianceFacts, isTrustworthy } from './compliance-facts.js';
import { isSeen, isSeenWhole, type SeenHosts } from './seen-hosts.js';
import { DATABASE_PORTS, INSECURE_PORTS, MANAGEMENT_PORTS } from './weak-ports.js';

const DAY_MS = 86_400_000;
const EVERY = [1, 7, 31, 92, 184] as const;

export interface Counted {
  readonly subject: ReportSubject;
  readonly seen: SeenHosts;
  readonly audits: readonly AuditEvidence[];
  readonly services: readonly ServiceEvidence[];
  readonly reviews: readonly ReviewEvidence[];
  /** Alive at the end of the period. */
  readonly findings: readonly FindingEvidence[];
  readonly acceptedUntil: number;
}

export function tallyCompliance(facts: ComplianceFacts, counted: Counted): ComplianceTallies {
  const { inventory, period, runs, parameters } = facts;
  const { subject, audits } = counted;
  const verdicts = (verdict: string): number => runs.filter((run) => run.verdict === verdict).length;
  const trusted = runs.filter(isTrustworthy);
  const exceptions = exceptionsOf(inventory, subject, parameters.owner);
  const scopes = inventory.scopes.filter(
    ({ name }) => parameters.scope === null || name === parameters.scope,
  );
  return {
    audits: { all: audits.length, trusted: audits.filter(({ lastTrusted }) => lastTrusted !== null).length },
    runs: {
      all: runs.length,
      ...{ clean: verdicts('clean'), drift: verdicts('drift') },
      ...{ inconclusive: verdicts('inconclusive'), failed: verdicts('failed') },
    },
    hosts: hostTallies(facts, counted),
    services: serviceTallies(counted.services, period.to),
    findings: findingTallies(counted, period.until),
    fixed: { all: facts.fixed.all, byRun: facts.fixed.byRun },
    exceptions: { all: exceptions.length, ended: endedOf(exceptions, period.to).length },
    inventory: facts.versionCounts,
    reviews: {
      ...reviewTallies(counted.reviews, period),
      services: reviewedTallies(counted.services, period),
    },
    undeclared: inventory.undeclared,
    vantages: [...new Set(trusted.map(({ vantage }) => vantage))].sort(),
    scopes: { all: scopes.length, withEnd: scopes.filter(({ until }) => until !== null).length },
  };
}

function hostTallies(
  { inventory, period }: ComplianceFacts,
  { subject: { hosts, audits }, seen, audits: rows }: Counted,
): ComplianceTallies['hosts'] {
  const count = (holds: (host: Host) => boolean): number => hosts.filter(holds).length;
  const allowed = allowedOn(period.to, inventory);
  const gapMs = new Map(
    rows.map(({ audit, longestGapHours: hours }) => [audit, hours === null ? null : hours * 3_600_000]),
  );
  const gaps = hosts.map((host) =>
    audits
      .filter((audit) => selects(audit, host))
      .map(({ name }) => gapMs.get(name) ?? null)
      .reduce((least, gap) => (gap !== null && (least === null || gap < least) ? gap : least), null),
  );
  const [days1, days7, days31, days92, days184] = EVERY.map(
    (days) => gaps.filter((gap) => isEvery(days, gap, period)).length,
  ) as [number, number, number, number, number];
  return {
    all: hosts.length,
    seen: count((host) => isSeen(seen, host)),
    everyPort: count((host) => isSeenWhole(seen, host, PortSet.all)),
    managementPorts: count((host) => isSeenWhole(seen, host, MANAGEMENT_PORTS)),
    owned: count(({ owner }) => owner !== null),
    inScope: count(
      (host) => host.addresses.subtract(allowed).isEmpty && (!host.addresses.isEmpty || isSeen(seen, host)),
    ),
    every: { days1, days7, days31, days92, days184 },
  };
}

export function serviceTallies(
  rows: readonly ServiceEvidence[],
  today: string,
): ComplianceTallies['services'] {
  const open = rows.filter(({ expect }) => expect === 'open');
  const on = (ports: PortSet) => open.filter((row) => !PortSet.parse(row.ports).intersect(ports).isEmpty);
  const insecure = on(INSECURE_PORTS);
  const management = on(MANAGEMENT_PORTS);
  const isReasoned = ({ why }: ServiceEvidence): boolean => why !== null;
  const isApproved = ({ approvedBy }: ServiceEvidence): boolean => approvedBy !== null;
  const isByAnother = ({ approvedBy, requestedBy }: ServiceEvidence): boolean =>
    approvedBy !== null && requestedBy !== null && !sameName(approvedBy, requestedBy);
  const sum = (of: (row: ServiceEvidence) => number): number => rows.reduce((all, row) => all + of(row), 0);
  return {
    ...{ all: rows.length, open: open.length },
    owned: open.filter(({ owner }) => owner !== null).length,
    reasoned: open.filter(isReasoned).length,
    approved: open.filter(isApproved).length,
    approvedByAnother: open.filter(isByAnother).length,
    reviewDay: open.filter(({ reviewBy }) => reviewBy !== null).length,
    reviewOverdue: open.filter(({ reviewBy }) => reviewBy !== null && isPast(reviewBy, today)).length,
    insecure: insecure.length,
    insecureReasoned: insecure.filter(isReasoned).length,
    insecureApproved: insecure.filter(isApproved).length,
    management: management.length,
    managementReasoned: management.filter(isReasoned).length,
    pairs: sum(({ pairs }) => pairs),
    pairsSeen: sum(({ pairsSeen }) => pairsSeen),
  };
}

export function findingTallies(
  { findings, acceptedUntil }: Pick<Counted, 'findings' | 'acceptedUntil'>,
  until: string,
): ComplianceTallies['findings'] {
  const open = Object.fromEntries(DRIFT_KINDS.map((kind) => [kind, 0])) as Record<DriftKind, number>;
  const toDo = findings.filter(({ state }) => state === 'open' || state === 'acknowledged');
  for (const { kind } of toDo) open[kind]++;
  const beyond = toDo.filter(({ kind }) => kind === 'unexpected-open');
  const on = (ports: PortSet) => beyond.filter(({ port }) => port !== null && ports.has(port));
  const isOlderThan14 = ({ openedAt, firstSeen }: FindingEvidence): boolean =>
    Date.parse(until) - Date.parse(openedAt ?? firstSeen) > 14 * DAY_MS;
  return {
    all: findings.length,
    suspected: findings.filter(({ state }) => state === 'suspected').length,
    ...{ toDo: toDo.length, ownedToDo: toDo.filter(({ owner }) => owner !== null).length },
    accepted: findings.filter(({ state }) => state === 'accepted').length,
    acceptedUntil,
    open,
    overdue: toDo.filter(({ dueBy }) => dueBy !== null && dueBy < until).length,
    insecure: on(INSECURE_PORTS).length,
    databases: on(DATABASE_PORTS).length,
    managementOver14: on(MANAGEMENT_PORTS).filter(isOlderThan14).length,
  };
}

export const fixedTallies = (
  rows: ReadonlyArray<{ readonly run: string | null }>,
): ComplianceTallies['fixed'] => ({
  all: rows.length,
  byRun: rows.filter(({ run }) => run !== null).length,
});

export function versionTallies(rows: readonly VersionEvidence[]): ComplianceTallies['inventory'] {
  const came = rows.filter(({ isBefore }) => !isBefore);
  return { versions: came.length, signed: came.filter(({ by }) => by !== null).length };
}

/** Signatures, by when they were given. */
export const reviewTallies = (
  rows: readonly ReviewEvidence[],
  period: Period,
): Pick<ComplianceTallies['reviews'], 'inPeriod' | 'inLast184'> =>
  timesIn(
    rows.map(({ at }) => at),
    period,
  );

/** Open services, by when they were signed for. */
export const reviewedTallies = (
  rows: readonly ServiceEvidence[],
  period: Period,
): NonNullable<ComplianceTallies['reviews']['services']> =>
  timesIn(
    rows.flatMap(({ reviewedAt }) => reviewedAt ?? []),
    period,
  );

function timesIn(times: readonly string[], { from, until }: Period): { inPeriod: number; inLast184: number } {
  const age = (at: string): number => Date.parse(until) - Date.parse(at);
  return {
    inPeriod: times.filter((at) => at.slice(0, 10) >= from && age(at) >= 0).length,
    inLast184: times.filter((at) => age(at) >= 0 && age(at) <= 184 * DAY_MS).length,
  };
}
