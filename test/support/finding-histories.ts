/*
 * Histories of findings as fast-check makes them: each walks through the states that domain/finding.ts allows, by runs, people and the
 * calendar; clocks go right, or, where that is asked for, jump. And a drift report that is made of them.
 */
import fc from 'fast-check';
import { DRIFT_KINDS, SEVERITIES } from '../../src/domain/drift.js';
import type { FindingState } from '../../src/domain/finding.js';
import { buildDrift, type Standing } from '../../src/domain/report/drift/build-drift.js';
import type { DriftSnapshot } from '../../src/domain/report/drift/drift.js';
import type { LifeEvent } from '../../src/domain/report/drift/finding-life.js';
import { listedOf, MovedCounts, type MovedFinding } from '../../src/domain/report/drift/moved.js';
import { ReportParameters } from '../../src/domain/report/parameters.js';

export const DAY_MS = 86_400_000;
const BEGINNING = new Date('2026-11-01T00:00:00Z');
export const dayAfter = (days: number): Date => new Date(BEGINNING.getTime() + days * DAY_MS);

/** Where a finding may go, by whom, and in which words. */
const WAYS: Readonly<
  Record<FindingState | 'new', ReadonlyArray<readonly [FindingState, 'run' | 'person', string]>>
> = {
  new: [
    ['suspected', 'run', 'first sight, to be confirmed: the handshake completed'],
    ['open', 'run', 'the handshake completed'],
    ['accepted', 'run', 'accepted by CISO until 2026-12-31: Move'],
  ],
  suspected: [
    ['open', 'run', 'confirmed by 2 fresh looks: the handshake completed'],
    ['resolved', 'run', 'a fresh look did not show it again'],
  ],
  open: [
    ['acknowledged', 'person', 'I look at it'],
    ['accepted', 'person', 'accepted by CISO until 2026-11-20, as Ann asked: Move'],
    ['resolved', 'run', 'what was observed agrees with what is declared again'],
    ['resolved', 'run', 'it drifts in another way now, unexpected-filtered: silence'],
    ['resolved', 'person', 'no longer declared: no audit of the inventory looks there'],
    ['open', 'person', 'a word about it'],
  ],
  acknowledged: [
    ['open', 'person', 'not mine'],
    ['accepted', 'person', 'accepted by CISO until 2026-11-20, as Ann asked: Move'],
    ['resolved', 'run', 'what was observed agrees with what is declared again'],
  ],
  accepted: [
    ['open', 'person', 'accepted until 2026-11-20, which has passed'],
    ['open', 'run', 'the inventory no longer accepts it'],
    ['resolved', 'run', 'what was observed agrees with what is declared again'],
    ['accepted', 'person', 'accepted by CISO until 2026-12-20, as Ann asked: Move'],
  ],
  resolved: [
    ['suspected', 'run', 'came back: the handshake completed'],
    ['open', 'run', 'came back: the handshake completed'],
    ['accepted', 'run', 'came back: the handshake completed'],
  ],
};

const turn = fc.record({ way: fc.nat({ max: 5 }), hours: fc.integer({ min: 0, max: 60 }) });

/** @param jumps hours by which a clock may be wrong */
const events = (jumps: number): fc.Arbitrary<LifeEvent[]> =>
  fc
    .array(fc.tuple(turn, fc.integer({ min: -jumps, max: jumps })), { minLength: 1, maxLength: 12 })
    .map((turns) => {
      let state: FindingState | null = null;
      let hours = 0;
      return turns.map(([one, jump], place): LifeEvent => {
        const ways = WAYS[state ?? 'new'];
        const [to, by, why] = ways[one.way % ways.length]!;
        hours += one.hours;
        const from = state;
        state = to;
        const at = new Date(BEGINNING.getTime() + (hours + jump) * 3_600_000);
        return { at, from, to, run: by === 'run' ? String(100 + place) : null, why };
      });
    });

/** @param jumps hours by which a clock may be wrong; 0 for clocks that go right */
export const histories = (jumps: number): fc.Arbitrary<MovedFinding[]> =>
  fc
    .array(
      fc.record({
        events: events(jumps),
        severity: fc.constantFrom(...SEVERITIES),
        kind: fc.constantFrom(...DRIFT_KINDS.slice(0, 3)),
        owner: fc.constantFrom('platform', 'thalassa', null),
        host: fc.constantFrom('web-1', 'db-1'),
      }),
      { maxLength: 8 },
    )
    .map((made) =>
      made.map((one, at) => ({
        ...one,
        ...{ id: String(at + 1), address: '127.0.0.10', port: 1000 + at, service: null },
        key: `${one.kind}|local|127.0.0.10|${1000 + at}`,
      })),
    );

export const periods = fc
  .record({ day: fc.integer({ min: 0, max: 14 }), days: fc.integer({ min: 1, max: 60 }) })
  .map(({ day, days }) => ({ from: dayAfter(day), until: dayAfter(day + days) }));

/** How it stood: after the last step, by number, that is dated before the instant. */
export function stateAt(history: readonly LifeEvent[], at: Date): FindingState | null {
  return history.findLast((event) => event.at < at)?.to ?? null;
}

export function standingAt(findings: readonly MovedFinding[], at: Date): Standing[] {
  return findings.flatMap(({ kind, severity, owner, events: history }) => {
    const state = stateAt(history, at);
    return state === null ? [] : [{ kind, severity, owner, state, findings: 1 }];
  });
}

export function driftOf(
  findings: readonly MovedFinding[],
  period: { readonly from: Date; readonly until: Date },
  some: Partial<Pick<DriftSnapshot, 'audits' | 'gaps' | 'missed'>> & {
    readonly trusted?: readonly Date[];
    /** So many of the gravest, where not all of them are listed. */
    readonly listed?: number;
  } = {},
): DriftSnapshot {
  const runs = findings.flatMap(({ events: history }) => history.flatMap(({ run }) => run ?? []));
  const counts = new MovedCounts(period, false);
  for (const one of findings) counts.add(one);
  return buildDrift({
    head: {
      parameters: ReportParameters.parse({ kind: 'drift' }),
      madeAt: '2027-02-01T12:00:00.000Z',
      inventory: { version: '3', path: 'inventory.yaml', sha256: 'a'.repeat(64) },
      scopes: [],
      runs: Array.from(new Set(runs)).sort().map(sourceRun),
      tool: { name: 'portolan', version: '1.2.3' },
    },
    period,
    opening: standingAt(findings, period.from),
    closing: standingAt(findings, period.until),
    moved: {
      counts,
      listed: listedOf(findings.flatMap((one) => counts.listed(one) ?? [])).slice(0, some.listed),
    },
    ...{ audits: some.audits ?? [], gaps: some.gaps ?? [], missed: some.missed ?? [] },
    owners: [
      { id: 'platform', name: 'Platform team', email: 'platform@example.test' },
      { id: 'thalassa', name: 'Ομάδα Δικτύου', email: null },
    ],
    trusted: some.trusted ?? [],
  });
}

export const sourceRun = (run: string): DriftSnapshot['runs'][number] => ({
  ...{ run, audit: 'nightly', verdict: 'drift', vantage: 'local', snapshotSha256: 'b'.repeat(64) },
  ...{ startedAt: '2026-11-02T02:00:00.000Z', finishedAt: '2026-11-02T02:04:00.000Z' },
  coverage: { expected: 100, probed: 100, answered: 100, unknown: 0 },
});
