/* A snapshot of real comparisons: nothing vanishes, numbers tie out, the same rows give the same snapshot. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRun, decideVerdict } from '../../../../../src/domain/compare-run.js';
import type { Finding } from '../../../../../src/domain/finding.js';
import type { HostObserved, PortState } from '../../../../../src/domain/observation.js';
import { buildSnapshot, snapshotProblem } from '../../../../../src/domain/report/exposure/build-exposure.js';
import { ReportSnapshot } from '../../../../../src/domain/report/exposure/exposure.js';
import {
  findingsAfter,
  look,
  minutesAfter,
  NOON,
  planOf,
  seen,
  TODAY,
} from '../../../../support/builders.js';

const TEXT = `
owners: { ops: { name: Ops, email: ops@example.test } }
hosts:
  - { name: web, address: 127.0.0.10, owner: ops, tags: [pci], ports: [{ port: 22, expect: open }] }
  - { name: quiet, address: 127.0.0.11, owner: ops }
  - { name: db, address: db.example.test, owner: ops }
audits: [{ name: nightly, hosts: all, ports: "1-100, 5432" }]
exceptions:
  - { host: web, ports: 80, reason: Move, approvedBy: CISO, expires: 2026-11-22 }
  - { host: web, ports: 81, reason: Gone, approvedBy: CISO, expires: 2026-11-21 }
`;
const PLAN = planOf(TEXT);

function snapshotOf(
  observed: ReadonlyMap<string, HostObserved>,
  findings?: readonly Finding[],
  keys: string[] = [],
) {
  const comparison = compareRun(PLAN, observed, TODAY);
  const rows = findings ?? [...findingsAfter(PLAN, observed).values()];
  return buildSnapshot({
    run: '7',
    plan: PLAN,
    comparison,
    observed,
    findings: rows,
    newKeys: new Set(keys),
    resolvedKeys: new Set(rows.filter(({ state }) => state === 'resolved').map(({ key }) => key)),
    ...decideVerdict(rows, comparison.coverage),
    inventory: { path: 'inventory.yaml', sha256: 'a'.repeat(64) },
    tool: { version: '1.2.3', engine: 'connect' },
    arguments: ['audit', 'inventory.yaml'],
    startedAt: NOON,
    finishedAt: minutesAfter(1),
  });
}

const DRIFTING = look(
  seen(
    '127.0.0.10',
    { open: '80,5432', closed: '1-79,81-90', filtered: '91-100' },
    new Map([
      [80, 3],
      [5432, 1],
    ]),
  ),
);

describe('a snapshot', () => {
  it('lists every host: the drifting, the one that was never seen, the name without an address', () => {
    const { hosts } = snapshotOf(DRIFTING);
    expect(hosts).toMatchObject([
      {
        host: 'web',
        address: '127.0.0.10',
        verdict: 'drift',
        probed: 101,
        open: '80,5432',
        unknown: '',
        owner: 'ops',
        tags: ['pci'],
      },
      {
        host: 'quiet',
        address: '127.0.0.11',
        verdict: 'unknown',
        probed: 0,
        unknown: '1-100,5432',
        medianConnectMs: null,
      },
      { host: 'db', address: 'db.example.test', verdict: 'unknown', probed: 0, unknown: '1-100,5432' },
    ]);
  });

  it('calls a host clean only when every port was judged', () => {
    const rowOf = (states: Parameters<typeof seen>[1]) =>
      snapshotOf(look(seen('127.0.0.10', states))).hosts[0];
    expect(rowOf({ open: '22', closed: '1-21,23-100,5432' })).toMatchObject({
      verdict: 'match',
      unknown: '',
    });
    expect(rowOf({ open: '22', closed: '1-21,23-100' })).toMatchObject({
      verdict: 'unknown',
      unknown: '5432',
    });
  });

  it('shows no port that the audit did not order', () => {
    const [web] = snapshotOf(look(seen('127.0.0.10', { open: '22,60000', closed: '1' }))).hosts;
    expect([web!.open, web!.probed]).toEqual(['22', 2]);
  });

  it('sorts findings by severity, then place, and carries advice and evidence', () => {
    const { findings } = snapshotOf(DRIFTING);
    expect(findings.map(({ kind, port, severity, state }) => `${severity} ${kind} ${port} ${state}`)).toEqual(
      [
        'critical unexpected-open 5432 open',
        'high unexpected-open 80 accepted',
        'medium unexpected-closed 22 open',
        'low exception-expired 81 open',
      ],
    );
    for (const finding of findings) expect(finding.advice.length).toBeGreaterThan(10);
    expect(findings[1]!.acceptedUntil).toBe('2026-11-22');
  });

  it('keeps what the run resolved apart from what is open, and tells what is new', () => {
    const [first, ...rest] = findingsAfter(PLAN, DRIFTING).values();
    const gone: Finding = { ...first!, state: 'resolved', resolvedAt: NOON };
    const { findings, resolved } = snapshotOf(DRIFTING, [gone, ...rest], [rest[0]!.key]);
    expect(resolved.map(({ kind, port }) => [kind, port])).toEqual([[first!.kind, first!.port]]);
    expect(findings).toHaveLength(rest.length);
    expect(findings.filter(({ isNew }) => isNew)).toHaveLength(1);
  });

  it('tells which exceptions have ended', () => {
    expect(snapshotOf(DRIFTING).exceptions.map(({ ports, expired }) => [ports, expired])).toEqual([
      ['80', false],
      ['81', true],
    ]);
  });

  it('has its published shape', () => {
    expect(() => ReportSnapshot.parse(JSON.parse(JSON.stringify(snapshotOf(DRIFTING))))).not.toThrow();
  });

  it('is the same for findings in another order', () => {
    const rows = [...findingsAfter(PLAN, DRIFTING).values()];
    expect(snapshotOf(DRIFTING, [...rows].reverse())).toEqual(snapshotOf(DRIFTING, rows));
  });

  it('ties out whatever was seen', () => {
    const state = fc.constantFrom<PortState>('open', 'closed', 'filtered', 'unreachable', 'unknown');
    fc.assert(
      fc.property(fc.array(state, { minLength: 101, maxLength: 101 }), (states) => {
        const byState: Partial<Record<PortState, string>> = {};
        states.forEach((one, i) => {
          byState[one] = [byState[one], i === 100 ? 5432 : i + 1].filter(Boolean).join(',');
        });
        const snapshot = snapshotOf(look(seen('127.0.0.10', byState)));
        expect(snapshotProblem(snapshot)).toBeNull();
        expect(snapshot.coverage.probed).toBe(states.filter((one) => one !== 'unknown').length);
        expect(snapshot.verdict).not.toBe('clean');
      }),
    );
  });

  it('that does not add up is told of', () => {
    const { coverage, hosts } = snapshotOf(DRIFTING);
    expect(snapshotProblem({ coverage: { ...coverage, probed: 5 }, hosts })).toBe(
      'the hosts list 101 probed ports, the coverage says 5',
    );
    expect(snapshotProblem({ coverage: { ...coverage, unknown: coverage.expected }, hosts })).toMatch(
      /exceed/,
    );
  });
});
