/*
 * Whatever is recorded: less evidence never makes a better status, what can't be trusted changes none, and the numbers tie out.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PortSet } from '../../../../../src/domain/port-set.js';
import { ComplianceSnapshot } from '../../../../../src/domain/report/compliance/compliance.js';
import { complianceProblem } from '../../../../../src/domain/report/compliance/compliance-problem.js';
import type { ControlStatus } from '../../../../../src/domain/report/compliance/control-status.js';
import {
  arbitraryRecord,
  complianceOf,
  dailyRuns,
  type Recorded,
  recordedFacts,
  WHOLE,
} from '../../../../support/compliance-facts.js';

const RANK: Record<ControlStatus, number> = { contradicted: 0, unproven: 1, partly: 2, supported: 3 };
const WORD_RANK = { contradicted: 0, unproven: 1, supported: 2 };
const snapshotOf = (recorded: Recorded): ComplianceSnapshot => complianceOf(recordedFacts(recorded));
const statusesOf = ({ controls }: ComplianceSnapshot): Record<string, ControlStatus> =>
  Object.fromEntries(controls.map(({ id, status }) => [id, status]));

/** A piece of the evidence, chosen by a number, taken away. */
function without(recorded: Recorded, which: number, at: number): Recorded {
  const pick = <T>(list: readonly T[]): number => at % Math.max(1, list.length);
  const changed = <T>(list: readonly T[], change: (one: T) => T): T[] =>
    list.map((one, index) => (index === pick(list) ? change(one) : one));
  const dropped = <T>(list: readonly T[]): T[] => list.filter((_, index) => index !== pick(list));
  const run = recorded.runs[pick(recorded.runs)]?.run;
  const [part] = (['owner', 'why', 'approvedBy', 'requestedBy', 'reviewBy'] as const).slice(at % 5);
  const steps: Array<() => Recorded> = [
    () => ({
      ...recorded,
      runs: recorded.runs.filter((one) => one.run !== run),
      seen: recorded.seen.filter((one) => one.run !== run),
    }),
    () => ({ ...recorded, seen: dropped(recorded.seen) }),
    () => ({
      ...recorded,
      seen: changed(recorded.seen, (one) => ({
        ...one,
        ports: one.ports.subtract(PortSet.range(400, 6000)),
      })),
    }),
    () => ({
      ...recorded,
      parts: changed(recorded.parts.length === 0 ? [WHOLE, WHOLE, WHOLE, WHOLE] : recorded.parts, (one) => ({
        ...one,
        [part!]: false,
      })),
    }),
    () => ({ ...recorded, reviews: [] }),
    () => ({ ...recorded, signed: false }),
    () => ({ ...recorded, fixed: changed(recorded.fixed, (one) => ({ ...one, run: null })) }),
    () => ({ ...recorded, undeclared: 'ignored' }),
    () => ({
      ...recorded,
      findings: changed(recorded.findings, (one) => ({
        ...one,
        owner: null,
        acceptance: one.acceptance && { ...one.acceptance, until: null },
      })),
    }),
  ];
  return steps[which % steps.length]!();
}

it('a piece of evidence less improves no status, and no word of the cover', () => {
  fc.assert(
    fc.property(arbitraryRecord, fc.nat(8), fc.nat(400), (recorded, which, at) => {
      const [before, after] = [snapshotOf(recorded), snapshotOf(without(recorded, which, at))];
      const was = statusesOf(before);
      for (const { id, status } of after.controls) expect(RANK[status]).toBeLessThanOrEqual(RANK[was[id]!]);
      expect(WORD_RANK[after.word]).toBeLessThanOrEqual(WORD_RANK[before.word]);
    }),
    { numRuns: 40 },
  );
});

it('runs that can’t be trusted change no condition', () => {
  fc.assert(
    fc.property(
      arbitraryRecord,
      fc.constantFrom('inconclusive' as const, 'failed' as const),
      (recorded, verdict) => {
        const doubtful = dailyRuns(31, 'nightly', 9000).map((run) => ({ ...run, verdict }));
        const after = snapshotOf({ ...recorded, runs: [...recorded.runs, ...doubtful] });
        expect(after.controls).toEqual(snapshotOf(recorded).controls);
        expect(complianceProblem(after)).toBeNull();
      },
    ),
    { numRuns: 40 },
  );
});

it('the numbers tie out, the schema takes it, and the same facts in another order are the same bytes', () => {
  fc.assert(
    fc.property(arbitraryRecord, (recorded) => {
      const snapshot = snapshotOf(recorded);
      expect(complianceProblem(snapshot)).toBeNull();
      const text = JSON.stringify(snapshot);
      const read = ComplianceSnapshot.parse(JSON.parse(text));
      expect(complianceProblem(read)).toBeNull();
      expect(JSON.stringify(read)).toBe(text);
      const turned = {
        ...recorded,
        runs: recorded.runs.toReversed(),
        seen: recorded.seen.toReversed(),
        findings: recorded.findings.toReversed(),
        fixed: recorded.fixed.toReversed(),
      };
      expect(JSON.stringify(snapshotOf(turned))).toBe(text);
    }),
    { numRuns: 25 },
  );
});
