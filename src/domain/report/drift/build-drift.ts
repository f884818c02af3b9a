/*
 * Builds the snapshot of a drift report out of what is recorded. Pure: the same rows give the same report.
 *
 * What stood at the two ends is given as the database counts it by the findings' states then, and what moved as the findings' histories
 * say: neither is made out of the other, so that problem (drift-problem.ts) means something.
 */
import { DRIFT_KINDS, type DriftKind, SEVERITIES, type Severity } from '../../drift.js';
import type { FindingState } from '../../finding.js';
import type { ReportHead } from '../head.js';
import { type Accounts, type Balance, type Booked, balanceOf } from './balance.js';
import type { DriftFinding, DriftSnapshot } from './drift.js';
import { slotOf, trendOf } from './drift-trend.js';
import { accountOf, type LifeEvent, lifeIn } from './finding-life.js';
import { repairBySeverity, repairTimes } from './repair-times.js';

/** How many findings stood alike at an instant. */
export interface Standing {
  readonly kind: DriftKind;
  readonly severity: Severity;
  readonly owner: string | null;
  readonly state: FindingState;
  readonly findings: number;
}

export type MovedFinding = Omit<DriftFinding, 'before' | 'after' | 'steps' | 'flapping'> & {
  readonly events: readonly LifeEvent[];
};

export interface DriftFacts {
  readonly head: ReportHead;
  readonly period: { readonly from: Date; readonly until: Date };
  /** Whether the period goes on: then all that is recorded lies before its end, whatever a clock has said. */
  readonly isToNow: boolean;
  readonly opening: readonly Standing[];
  readonly closing: readonly Standing[];
  readonly moved: readonly MovedFinding[];
  readonly audits: DriftSnapshot['audits'];
  readonly gaps: DriftSnapshot['gaps'];
  readonly missed: DriftSnapshot['missed'];
  readonly owners: DriftSnapshot['owners'];
  readonly trusted: readonly Date[];
}

export function buildDrift(facts: DriftFacts): DriftSnapshot {
  const { head, period, opening, closing } = facts;
  const findings = movedIn(facts);
  const total = sheet(opening, findings, closing);
  const group = <Name>(names: readonly Name[], of: (one: Standing | DriftFinding) => Name) => {
    const [before, moved, after] = [grouped(opening, of), grouped(findings, of), grouped(closing, of)];
    const its = <One>(lists: ReadonlyMap<Name, readonly One[]>, name: Name) => lists.get(name) ?? [];
    return names
      .map((name) => ({ name, balance: sheet(its(before, name), its(moved, name), its(after, name)) }))
      .filter(({ balance }) => !isEmpty(balance));
  };
  const named = new Set([...opening, ...findings, ...closing].map(({ owner }) => owner));
  const snapshot = {
    format: 'portolan-drift/1' as const,
    ...head,
    period: { from: period.from.toISOString(), until: period.until.toISOString() },
    total,
    bySeverity: group(SEVERITIES, ({ severity }) => severity),
    byKind: group(DRIFT_KINDS, ({ kind }) => kind),
    byOwner: group(Array.from(named).sort(nobodyLast), ({ owner }) => owner),
    repair: repairTimes(findings),
    repairBySeverity: repairBySeverity(findings).filter(({ repair }) => repair.of > 0),
    slot: slotOf(period),
    trend: trendOf(period, findings, total.opening, facts.trusted),
    findings,
    ...{ audits: facts.audits, gaps: facts.gaps, missed: facts.missed },
    owners: facts.owners.filter(({ id }) => named.has(id)),
  };
  return { ...snapshot, verdict: driftVerdict(snapshot) };
}

/** Clean only where nothing stands at its end, and each audit has been able to say so. */
export function driftVerdict({ total, audits, gaps }: Pick<DriftSnapshot, 'total' | 'audits' | 'gaps'>) {
  if (total.closing.open > 0) return 'drift' as const;
  const isBlindAtEnd = gaps.some(({ audit, last }) => {
    const trusted = audits.find((one) => one.audit === audit)?.lastTrusted ?? null;
    return trusted === null || isLater(last, trusted);
  });
  const isSeen = audits.length > 0 && audits.every(({ lastTrusted }) => lastTrusted !== null);
  return isSeen && !isBlindAtEnd ? ('clean' as const) : ('inconclusive' as const);
}

/** Runs' numbers as text. */
const isLater = (run: string, other: string): boolean =>
  run.length === other.length ? run > other : run.length > other.length;

function movedIn({ moved, period, isToNow }: DriftFacts): DriftFinding[] {
  const during = { from: period.from, until: isToNow ? null : period.until };
  const findings = moved.map(({ events, ...finding }): DriftFinding => {
    const { steps, ...life } = lifeIn(events, during);
    return { ...finding, ...life, steps: steps.map((step) => ({ ...step, at: step.at.toISOString() })) };
  });
  return findings.filter(({ steps }) => steps.length > 0).sort(bySeverity);
}

function sheet(
  opening: readonly Standing[],
  findings: readonly DriftFinding[],
  closing: readonly Standing[],
): Balance {
  return balanceOf(accountsOf(opening), bookedIn(findings), accountsOf(closing));
}

export function* bookedIn(findings: readonly Pick<DriftFinding, 'steps'>[]): Generator<Booked> {
  for (const { steps } of findings) yield* steps;
}

function accountsOf(standing: readonly Standing[]): Accounts {
  const accounts = { open: 0, accepted: 0 };
  for (const { state, findings } of standing) {
    const account = accountOf(state);
    if (account !== null) accounts[account] += findings;
  }
  return accounts;
}

export function grouped<One, Name>(list: readonly One[], of: (one: One) => Name): Map<Name, One[]> {
  const groups = new Map<Name, One[]>();
  for (const one of list) {
    const group = groups.get(of(one));
    if (group) group.push(one);
    else groups.set(of(one), [one]);
  }
  return groups;
}

const isEmpty = (balance: Balance): boolean =>
  Object.values(balance).every((one) => (typeof one === 'number' ? one : one.open + one.accepted) === 0);

function bySeverity(a: DriftFinding, b: DriftFinding): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    compareTexts(a.host, b.host) ||
    compareTexts(a.address ?? '', b.address ?? '') ||
    (a.port ?? -1) - (b.port ?? -1) ||
    compareTexts(a.key, b.key)
  );
}

const nobodyLast = (a: string | null, b: string | null): number =>
  a === null || b === null ? Number(a === null) - Number(b === null) : compareTexts(a, b);

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
