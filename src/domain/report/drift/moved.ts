/*
 * What findings did in a period, counted one after the other, so that a year of a million of them is counted without being held; and
 * those of them that are listed, the gravest first. Pure.
 */
import { DRIFT_KINDS, type DriftKind, SEVERITIES, type Severity } from '../../drift.js';
import { keptRows, MOST_BYTES } from '../kept-rows.js';
import { addBooked, type BookedSum } from './balance.js';
import type { DriftFinding } from './drift.js';
import { TrendCounts } from './drift-trend.js';
import { type LifeEvent, type LifePeriod, type LifeStep, lifeIn } from './finding-life.js';

export type MovedFinding = Omit<DriftFinding, 'before' | 'after' | 'steps' | 'flapping'> & {
  readonly events: readonly LifeEvent[];
};

/** So much of a finding as is counted. */
export type CountedFinding = Pick<MovedFinding, 'kind' | 'severity' | 'owner' | 'events'>;

export interface MovedFacts {
  readonly counts: MovedCounts;
  /** Of all that moved, as many of the gravest as fit. */
  readonly listed: readonly DriftFinding[];
}

export class MovedCounts {
  readonly all: BookedSum = new Map();
  readonly bySeverity = sums<Severity>(SEVERITIES);
  readonly byKind = sums<DriftKind>(DRIFT_KINDS);
  readonly byOwner = sums<string | null>([]);
  /** How long had stood what was repaired, in milliseconds. */
  readonly stood = new Map(SEVERITIES.map((severity) => [severity, [] as number[]]));
  readonly trend: TrendCounts;
  /** That moved something. */
  readonly runs = new Set<string>();
  /** Findings that moved. */
  findings = 0;
  private readonly during: LifePeriod;

  /** @param isToNow whether the period goes on: then all that is recorded lies before its end, whatever a clock has said */
  constructor(period: { readonly from: Date; readonly until: Date }, isToNow: boolean) {
    this.during = { from: period.from, until: isToNow ? null : period.until };
    this.trend = new TrendCounts(period);
  }

  /** Whether it moved. @param times how many there are with this very history */
  add({ kind, severity, owner, events }: CountedFinding, times = 1): boolean {
    const { steps } = lifeIn(events, this.during);
    if (steps.length === 0) return false;
    this.findings += times;
    const itsOwner = this.byOwner.get(owner) ?? new Map<string, number>();
    this.byOwner.set(owner, itsOwner);
    const itsSums = [
      this.all as Map<string, number>,
      this.bySeverity.get(severity)!,
      this.byKind.get(kind)!,
      itsOwner,
    ];
    for (const step of steps) {
      for (const sum of itsSums) addBooked(sum, step, times);
      this.addStep(severity, step, times);
    }
    return true;
  }

  /** As it is listed; null where it did not move. */
  listed({ events, ...finding }: MovedFinding): DriftFinding | null {
    const { steps, ...life } = lifeIn(events, this.during);
    if (steps.length === 0) return null;
    return { ...finding, ...life, steps: steps.map((step) => ({ ...step, at: step.at.toISOString() })) };
  }

  private addStep(severity: Severity, step: LifeStep, times: number): void {
    this.trend.add(step, times);
    if (step.run !== null) this.runs.add(step.run);
    if (step.move !== 'repaired') return;
    const stood = this.stood.get(severity)!;
    for (let time = 0; time < times; time++) stood.push(step.stoodMs ?? 0);
  }
}

const sums = <Name>(names: readonly Name[]): Map<Name, Map<string, number>> =>
  new Map(names.map((name) => [name, new Map<string, number>()]));

/** As many as fit. @param findings all that moved, or the gravest of them */
export const listedOf = (findings: readonly DriftFinding[]): readonly DriftFinding[] =>
  keptRows([...findings].sort(bySeverity), MOST_BYTES.moved).rows;

function bySeverity(a: DriftFinding, b: DriftFinding): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    compareTexts(a.host, b.host) ||
    compareTexts(a.address ?? '', b.address ?? '') ||
    (a.port ?? -1) - (b.port ?? -1) ||
    compareTexts(a.key, b.key)
  );
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
