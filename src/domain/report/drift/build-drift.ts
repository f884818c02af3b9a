/*
 * Builds the snapshot of a drift report out of what is recorded. Pure: the same rows give the same report.
 *
 * What stood at the two ends is given as the database counts it by the findings' states then, and what moved as the findings' histories
 * say: neither is made out of the other, so that problem (drift-problem.ts) means something.
 */
import { DRIFT_KINDS, type DriftKind, SEVERITIES, type Severity } from '../../drift.js';
import type { FindingState } from '../../finding.js';
import type { ReportHead } from '../head.js';
import { type Accounts, type Balance, type Booked, type BookedSum, balanceOf } from './balance.js';
import type { DriftFinding, DriftSnapshot } from './drift.js';
import { slotOf, trendOf } from './drift-trend.js';
import { accountOf } from './finding-life.js';
import type { MovedFacts } from './moved.js';
import { repairTimesOf } from './repair-times.js';

/** How many findings stood alike at an instant. */
export interface Standing {
  readonly kind: DriftKind;
  readonly severity: Severity;
  readonly owner: string | null;
  readonly state: FindingState;
  readonly findings: number;
}

export interface DriftFacts {
  readonly head: ReportHead;
  readonly period: { readonly from: Date; readonly until: Date };
  readonly opening: readonly Standing[];
  readonly closing: readonly Standing[];
  readonly moved: MovedFacts;
  readonly audits: DriftSnapshot['audits'];
  readonly gaps: DriftSnapshot['gaps'];
  readonly missed: DriftSnapshot['missed'];
  readonly owners: DriftSnapshot['owners'];
  readonly trusted: readonly Date[];
}

export function buildDrift(facts: DriftFacts): DriftSnapshot {
  const { head, period, opening, closing, moved } = facts;
  const { counts, listed } = moved;
  const total = balanceOf(accountsOf(opening), counts.all, accountsOf(closing));
  const group = <Name>(
    names: readonly Name[],
    of: (one: Standing) => Name,
    moves: ReadonlyMap<Name, BookedSum>,
  ) => {
    const [before, after] = [grouped(opening, of), grouped(closing, of)];
    const its = (lists: ReadonlyMap<Name, readonly Standing[]>, name: Name) =>
      accountsOf(lists.get(name) ?? []);
    return names
      .map((name) => ({
        name,
        balance: balanceOf(its(before, name), moves.get(name) ?? new Map(), its(after, name)),
      }))
      .filter(({ balance }) => !isEmpty(balance));
  };
  const named = new Set([...[...opening, ...closing].map(({ owner }) => owner), ...counts.byOwner.keys()]);
  const repaired = SEVERITIES.map((name) => ({ name, repair: repairTimesOf(counts.stood.get(name)!) }));
  const leftOut = counts.findings - listed.length;
  const snapshot = {
    format: 'portolan-drift/1' as const,
    ...head,
    period: { from: period.from.toISOString(), until: period.until.toISOString() },
    total,
    bySeverity: group(SEVERITIES, ({ severity }) => severity, counts.bySeverity),
    byKind: group(DRIFT_KINDS, ({ kind }) => kind, counts.byKind),
    byOwner: group(Array.from(named).sort(nobodyLast), ({ owner }) => owner, counts.byOwner),
    repair: repairTimesOf(Array.from(counts.stood.values()).flat()),
    repairBySeverity: repaired.filter(({ repair }) => repair.of > 0),
    slot: slotOf(period),
    trend: trendOf(counts.trend, total.opening, facts.trusted),
    findings: listed,
    ...(leftOut > 0 ? { findingsLeftOut: leftOut } : {}),
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

const nobodyLast = (a: string | null, b: string | null): number =>
  a === null || b === null ? Number(a === null) - Number(b === null) : compareTexts(a, b);

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
