/* A drift report: what stood, came and went adds up for any histories and any period; a number that was changed is refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closingOf } from '../../../../../src/domain/report/drift/balance.js';
import { DriftSnapshot } from '../../../../../src/domain/report/drift/drift.js';
import { driftProblem } from '../../../../../src/domain/report/drift/drift-problem.js';
import type { LifeEvent } from '../../../../../src/domain/report/drift/finding-life.js';
import { accountOf } from '../../../../../src/domain/report/drift/finding-life.js';
import type { MovedFinding } from '../../../../../src/domain/report/drift/moved.js';
import {
  dayAfter,
  driftOf,
  histories,
  periods,
  sourceRun,
  standingAt,
  stateAt,
} from '../../../../support/finding-histories.js';

const NOVEMBER = { from: dayAfter(0), until: dayAfter(30) };

type Step = readonly [day: number, to: LifeEvent['to'], why?: string];

/** One finding with the steps that are given: on which day, into what, and by what words. */
function findingOf(...steps: Step[]): MovedFinding {
  let from: LifeEvent['from'] = null;
  const events = steps.map(([day, to, why = 'as seen'], place): LifeEvent => {
    const event = { at: dayAfter(day), from, to, run: why === 'by hand' ? null : String(place + 1), why };
    from = to;
    return event;
  });
  const where = { host: 'web-1', address: '127.0.0.10', port: 8080, service: 'http', owner: 'platform' };
  return { id: '1', key: 'k', kind: 'unexpected-open', severity: 'high', ...where, events };
}

describe('a drift report of any histories', () => {
  it.each([0, 72])('adds up where clocks are wrong by up to %i hours', (jumps) => {
    fc.assert(
      fc.property(histories(jumps), periods, (findings, period) => {
        const report = driftOf(findings, period);
        expect(driftProblem(report)).toBeNull();
        expect(DriftSnapshot.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
        expect(JSON.stringify(driftOf(findings.toReversed(), period))).toBe(JSON.stringify(report));
      }),
    );
  });

  it('says of each day with a trustworthy run what stood at its end, and of the others nothing', () => {
    fc.assert(
      fc.property(histories(0), fc.array(fc.integer({ min: 0, max: 29 })), (findings, days) => {
        const { trend } = driftOf(findings, NOVEMBER, { trusted: days.map(dayAfter) });
        const open = (day: number): number =>
          standingAt(findings, dayAfter(day)).filter(({ state }) => accountOf(state) === 'open').length;
        expect(trend.map(({ standing }) => standing)).toEqual(
          Array.from({ length: 30 }, (_, day) => (days.includes(day) ? open(day + 1) : null)),
        );
      }),
    );
  });

  it('ends each period as the next begins, and tells each step once', () => {
    fc.assert(
      fc.property(histories(48), fc.integer({ min: 1, max: 29 }), (findings, day) => {
        const first = driftOf(findings, { from: dayAfter(0), until: dayAfter(day) });
        const second = driftOf(findings, { from: dayAfter(day), until: dayAfter(30) });
        const whole = driftOf(findings, NOVEMBER);
        expect(first.total.closing).toEqual(second.total.opening);
        const steps = (report: DriftSnapshot): string[] =>
          report.findings.flatMap(({ key, steps: its }) => its.map((one) => `${key} ${JSON.stringify(one)}`));
        expect([...steps(first), ...steps(second)].sort()).toEqual(steps(whole).sort());
      }),
    );
  });

  it('is refused where any number of its sheets, times or trend is another', () => {
    fc.assert(
      fc.property(histories(0), periods, fc.integer({ min: 1, max: 3 }), (findings, period, by) => {
        const { total, bySeverity, byKind, byOwner, repair, repairBySeverity, trend, ...rest } = driftOf(
          findings,
          period,
          { trusted: [period.from] },
        );
        const counted = { total, bySeverity, byKind, byOwner, repair, repairBySeverity, trend };
        for (const path of numbersIn(counted)) {
          const wrong = { ...rest, ...changed(counted, path, by) };
          expect([path, driftProblem(wrong)]).toEqual([path, expect.any(String)]);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('counts all, and adds up, where only the gravest are listed; the other numbers hold each other', () => {
    fc.assert(
      fc.property(histories(0), periods, fc.nat({ max: 3 }), (findings, period, listed) => {
        const whole = driftOf(findings, period);
        const part = driftOf(findings, period, { listed });
        const { findings: all, ...numbers } = whole;
        const left = all.length - Math.min(listed, all.length);
        expect(part).toEqual({
          ...{ ...numbers, findings: all.slice(0, listed) },
          ...(left > 0 ? { findingsLeftOut: left } : {}),
        });
        expect(driftProblem(part)).toBeNull();
        if (left === 0) return;
        const { total, bySeverity, byKind, byOwner, trend } = part;
        for (const path of numbersIn({ total, bySeverity, byKind, byOwner, trend })) {
          const wrong = { ...part, ...changed({ total, bySeverity, byKind, byOwner, trend }, path, 1) };
          expect([path, driftProblem(wrong)]).toEqual([path, expect.any(String)]);
        }
        expect(driftProblem({ ...part, repair: { ...part.repair, of: part.repair.of + 1 } })).toEqual(
          expect.any(String),
        );
        // Without the word that some are left out the list has to be whole.
        expect(driftProblem({ ...part, findingsLeftOut: undefined })).toEqual(expect.any(String));
      }),
      { numRuns: 30 },
    );
  });

  it('is refused where a step or a finding was taken out', () => {
    fc.assert(
      fc.property(histories(0), (findings) => {
        const report = driftOf(findings, NOVEMBER);
        const [first, ...others] = report.findings;
        if (!first) return;
        expect(driftProblem({ ...report, findings: others })).toEqual(expect.any(String));
        const less = { ...first, steps: first.steps.slice(1) };
        expect(driftProblem({ ...report, findings: [less, ...others] })).toEqual(expect.any(String));
      }),
    );
  });

  it('counts as an oracle that goes by the day does', () => {
    fc.assert(
      fc.property(histories(0), periods, (findings, period) => {
        const { total } = driftOf(findings, period);
        const opened = findings.filter(({ events }) => {
          const first = events.find(({ to }) => accountOf(to) !== null);
          return first !== undefined && first.at >= period.from && first.at < period.until;
        });
        expect(total.opened.open + total.opened.accepted).toBe(opened.length);
        const standing = findings.filter(({ events }) => accountOf(stateAt(events, period.until)) === 'open');
        expect(closingOf(total).open).toBe(standing.length);
      }),
    );
  });
});

describe('what becomes of a finding', () => {
  const movesOf = (...steps: Step[]): string[] =>
    driftOf([findingOf(...steps)], NOVEMBER).findings.flatMap(({ steps: its }) =>
      its.map(({ move, account }) => `${move} ${account}`),
    );

  it('is nothing while it is only suspected', () => {
    expect(movesOf([1, 'suspected'], [2, 'resolved'], [3, 'suspected'])).toEqual([]);
  });

  it('is a first time, and then a return, also by way of a suspicion', () => {
    expect(movesOf([1, 'suspected'], [2, 'open'], [3, 'resolved'], [4, 'suspected'], [5, 'open'])).toEqual([
      'opened open',
      'repaired open',
      'reopened open',
    ]);
  });

  it('is a return where it had been believed before the period', () => {
    expect(movesOf([-9, 'open'], [-8, 'resolved'], [5, 'open'])).toEqual(['reopened open']);
  });

  it('is no move while somebody only acknowledges it, or says a word', () => {
    expect(movesOf([-1, 'open'], [1, 'acknowledged'], [2, 'acknowledged'], [3, 'open'])).toEqual([]);
  });

  it('tells an acceptance that has run out from one that was taken back', () => {
    const passed = 'accepted until 2026-11-04, which has passed';
    expect(movesOf([1, 'accepted'], [5, 'open', passed], [6, 'accepted'], [7, 'open', 'by hand'])).toEqual([
      'opened accepted',
      'expired accepted',
      'accepted open',
      'withdrawn accepted',
    ]);
  });

  it('is repaired only by a look that shows it as declared', () => {
    expect(movesOf([1, 'open'], [2, 'resolved'])).toContain('repaired open');
    expect(movesOf([1, 'open'], [2, 'resolved', 'by hand'])).toContain('unwatched open');
    expect(
      movesOf([1, 'open'], [2, 'resolved', 'it drifts in another way now, host-down: silence']),
    ).toContain('replaced open');
  });
});

describe('the time to repair', () => {
  const stood = (...days: number[]) =>
    days.map((day, at) => ({
      ...findingOf([-5, 'suspected'], [-4, 'open'], [day, 'resolved']),
      ...{ id: String(at), key: String(at) },
    }));

  it('goes from when it was believed to the look that showed it repaired', () => {
    const { repair } = driftOf(stood(6), NOVEMBER);
    expect(repair).toEqual({ of: 1, meanMs: 10 * 86_400_000, medianMs: 10 * 86_400_000 });
  });

  it('says its mean and its median, and of how many', () => {
    const { repair } = driftOf(stood(1, 2, 2, 26), NOVEMBER);
    expect(repair).toEqual({ of: 4, meanMs: 11.75 * 86_400_000, medianMs: 6 * 86_400_000 });
  });

  it('is nothing where nothing was repaired, and does not count what nobody looks at any more', () => {
    const { repair } = driftOf([findingOf([1, 'open'], [2, 'resolved', 'by hand'])], NOVEMBER);
    expect(repair).toEqual({ of: 0, meanMs: null, medianMs: null });
  });
});

it('a finding that goes and comes back twice within a day is flapping, and a slow one is not', () => {
  const turns = [1, 1.1, 1.2, 1.3, 1.4].map((day, at) => [day, at % 2 === 0 ? 'open' : 'resolved'] as const);
  expect(driftOf([findingOf(...turns)], NOVEMBER).findings[0]!.flapping).toBe(4);
  const slow = turns.map(([day, to]) => [(day - 1) * 50 + 1, to] as const);
  expect(driftOf([findingOf(...slow)], NOVEMBER).findings[0]!.flapping).toBeNull();
});

describe('how the audits kept watch', () => {
  const audit = { audit: 'nightly', clean: 3, drift: 0, inconclusive: 2, failed: 0, lastTrusted: '7' };
  const gap = (last: string) => ({
    ...{ audit: 'nightly', runs: 2, last, because: 'no route' },
    ...{ from: '2026-11-05T02:00:00.000Z', until: '2026-11-06T02:00:00.000Z' },
  });
  const reportOf = (last: string) => {
    const audits = [{ ...audit, missed: 0, isAtLeast: false }];
    const report = driftOf([], NOVEMBER, { audits, gaps: [gap(last)] });
    return { ...report, runs: [sourceRun('7')] };
  };

  it('makes a period clean only where the last run could be trusted', () => {
    expect(reportOf('6').verdict).toBe('clean');
    expect(reportOf('10').verdict).toBe('inconclusive');
    expect(driftOf([], NOVEMBER).verdict).toBe('inconclusive');
  });

  it('ties out: each run that can’t be trusted lies in a gap, each missed slot is listed', () => {
    const report = reportOf('6');
    expect(driftProblem(report)).toBeNull();
    for (const name of ['inconclusive', 'failed', 'missed'] as const) {
      const audits = report.audits.map((one) => ({ ...one, [name]: one[name] + 1 }));
      expect(driftProblem({ ...report, audits })).toEqual(expect.any(String));
    }
    expect(driftProblem({ ...report, runs: [] })).toBe('run 7 is not among the runs');
  });
});

/** Paths of all numbers. */
function numbersIn(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value === 'number') return [[...path]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => numbersIn(inner, [...path, name]));
}

function changed<T>(value: T, [name, ...rest]: readonly string[], by: number): T {
  if (name === undefined) return ((value as number) + by) as T;
  const inner = changed((value as Record<string, unknown>)[name], rest, by);
  if (Array.isArray(value)) return value.with(Number(name), inner) as T;
  return { ...value, [name]: inner };
}
