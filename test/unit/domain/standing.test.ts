/* Every port stands in exactly one way, whatever was declared, seen and found. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NEVER_SEEN } from '../../../src/domain/charted.js';
import { PortSet } from '../../../src/domain/port-set.js';
import { foremost, STANDINGS, standingOf, standings, type ToStand } from '../../../src/domain/standing.js';

const ports = (text: string): PortSet => PortSet.parse(text);
const none = PortSet.empty;

function stand(some: {
  observed?: Partial<ToStand['observed']>;
  expectations?: Partial<ToStand['expectations']>;
  undeclared?: ToStand['undeclared'];
  findings?: ToStand['findings'];
}): ToStand {
  return {
    observed: { ...NEVER_SEEN, ...some.observed },
    expectations: { open: none, closed: none, filtered: none, ...some.expectations },
    undeclared: some.undeclared ?? 'closed',
    findings: some.findings ?? [],
  };
}

describe('a port', () => {
  it.each([
    [
      'open as declared',
      { observed: { open: ports('22') }, expectations: { open: ports('22') } },
      'as-declared',
    ],
    [
      'declared open, and refused',
      { observed: { closed: ports('22') }, expectations: { open: ports('22') } },
      'differs',
    ],
    [
      'declared open, and silent',
      { observed: { filtered: ports('22') }, expectations: { open: ports('22') } },
      'differs',
    ],
    ['declared open, and not looked at', { expectations: { open: ports('22') } }, 'unseen'],
    ['declared closed, and not looked at', { expectations: { closed: ports('22') } }, 'unknown'],
    [
      'declared closed, and silent',
      { observed: { filtered: ports('22') }, expectations: { closed: ports('22') } },
      'filtered',
    ],
    [
      'declared filtered, and refused',
      { observed: { closed: ports('22') }, expectations: { filtered: ports('22') } },
      'differs',
    ],
    [
      'declared filtered, and silent',
      { observed: { filtered: ports('22') }, expectations: { filtered: ports('22') } },
      'filtered',
    ],
    ['open where everything else is to be closed', { observed: { open: ports('22') } }, 'differs'],
    ['open where nobody minds', { observed: { open: ports('22') }, undeclared: 'ignored' as const }, 'open'],
    ['refused', { observed: { closed: ports('22') } }, 'closed'],
    ['of a host that does not answer', { observed: { unreachable: ports('22') } }, 'unreachable'],
    ['that our own probe failed at', { observed: { unknown: ports('22') } }, 'unknown'],
    ['that nobody has looked at', {}, 'unknown'],
    [
      'with a finding',
      { observed: { open: ports('22') }, findings: [{ port: 22, state: 'suspected' as const }] },
      'drift',
    ],
    [
      'with an accepted one',
      { observed: { open: ports('22') }, findings: [{ port: 22, state: 'accepted' as const }] },
      'accepted',
    ],
    [
      'of a host with a finding of its own',
      { observed: { closed: ports('22') }, findings: [{ port: null, state: 'open' as const }] },
      'closed',
    ],
  ] as const)('%s', (_name, some, standing) => {
    const here = stand(some);
    expect(standingOf(here, 22)).toBe(standing);
    expect(standings(here)[standing].has(22)).toBe(true);
  });
});

const someSet = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 65_535 }), fc.integer({ min: 0, max: 3000 })), { maxLength: 12 })
  .map((ranges) =>
    PortSet.unionOf(ranges.map(([first, more]) => PortSet.range(first, Math.min(65_535, first + more)))),
  );

/** Sets cut back so that none has a port of one before it. */
function apart(sets: readonly PortSet[]): PortSet[] {
  let taken = PortSet.empty;
  return sets.map((set) => {
    const rest = set.subtract(taken);
    taken = taken.union(set);
    return rest;
  });
}

it('all 65,536 ports stand in exactly one way', () => {
  fc.assert(
    fc.property(
      fc.array(someSet, { minLength: 8, maxLength: 8 }),
      fc.constantFrom('closed' as const, 'ignored' as const),
      fc.array(
        fc.record({
          port: fc.option(fc.integer({ min: 0, max: 65_535 })),
          state: fc.constantFrom('suspected' as const, 'open' as const, 'accepted' as const),
        }),
        { maxLength: 30 },
      ),
      (sets, undeclared, findings) => {
        const [open, closed, filtered, unreachable, unknown] = apart(sets.slice(0, 5)) as [
          PortSet,
          PortSet,
          PortSet,
          PortSet,
          PortSet,
        ];
        const [shouldOpen, shouldClosed, shouldFiltered] = apart(sets.slice(5)) as [
          PortSet,
          PortSet,
          PortSet,
        ];
        const toStand = stand({
          observed: { open, closed, filtered, unreachable, unknown },
          expectations: { open: shouldOpen, closed: shouldClosed, filtered: shouldFiltered },
          undeclared,
          findings,
        });
        const all = standings(toStand);
        for (const port of [0, 65_535, ...findings.flatMap((one) => one.port ?? [])])
          expect(all[standingOf(toStand, port)].has(port)).toBe(true);
        expect(STANDINGS.reduce((sum, one) => sum + all[one].size, 0)).toBe(65_536);
        expect(PortSet.unionOf(STANDINGS.map((one) => all[one])).toString()).toBe('0-65535');
        // Silence is no evidence: what was not looked at is never shown as anything that was.
        const judged = PortSet.unionOf([open, closed, filtered, unreachable]);
        for (const one of ['differs', 'as-declared', 'open', 'closed', 'filtered', 'unreachable'] as const)
          expect(all[one].subtract(judged).isEmpty).toBe(true);
        expect(all.unknown.union(all.unseen).intersect(judged).isEmpty).toBe(true);
      },
    ),
  );
});

it('of several that are one cell, the one that matters most is shown', () => {
  expect(foremost(['closed', 'as-declared', 'drift'])).toBe('drift');
  expect(foremost(['unknown', 'closed'])).toBe('closed');
  expect(foremost([])).toBe('unknown');
});
