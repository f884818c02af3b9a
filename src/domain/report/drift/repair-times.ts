/*
 * How long it took to put things right: of what a trustworthy look has shown repaired, and of nothing else. What nobody looks at any more
 * was not repaired, nor was what drifts in another way now. Pure.
 */
import { SEVERITIES, type Severity } from '../../drift.js';
import type { DriftFinding, RepairTimes } from './drift.js';

/** @param stood how long each had stood, in milliseconds, in any order */
export function repairTimesOf(stood: readonly number[]): RepairTimes {
  if (stood.length === 0) return { of: 0, meanMs: null, medianMs: null };
  const times = Float64Array.from(stood).sort();
  const middle = times.length >> 1;
  const median = times.length % 2 === 1 ? times[middle]! : (times[middle - 1]! + times[middle]!) / 2;
  const sum = times.reduce((all, one) => all + one, 0);
  return { of: times.length, meanMs: Math.round(sum / times.length), medianMs: Math.round(median) };
}

type Moved = Pick<DriftFinding, 'severity' | 'steps'>;

/** Of findings that are listed. */
export const repairTimes = (findings: readonly Moved[]): RepairTimes =>
  repairTimesOf(
    findings.flatMap(({ steps }) =>
      steps.flatMap(({ move, stoodMs }) => (move === 'repaired' ? (stoodMs ?? 0) : [])),
    ),
  );

export const repairBySeverity = (
  findings: readonly Moved[],
): Array<{ readonly name: Severity; readonly repair: RepairTimes }> =>
  SEVERITIES.map((name) => ({
    name,
    repair: repairTimes(findings.filter(({ severity }) => severity === name)),
  }));
