/*
 * Snapshots of runs that look at one small network, as fast-check makes them: some look at the same hosts, from one or two places, and
 * list findings of what they see. And the report that is made of them.
 */
import fc from 'fast-check';
import { PortSet } from '../../src/domain/port-set.js';
import { combineExposures } from '../../src/domain/report/exposure/combine-exposures.js';
import type { ReportFinding, ReportHost, ReportSnapshot } from '../../src/domain/report/exposure/exposure.js';
import {
  coverageOf,
  exposureTotals,
  exposureVerdict,
} from '../../src/domain/report/exposure/exposure-counts.js';
import type { ExposuresSnapshot } from '../../src/domain/report/exposure/exposures.js';
import { ReportParameters } from '../../src/domain/report/parameters.js';
import { finding, host, snapshot } from '../fixtures/snapshot-parts.js';

const NETWORK = [
  { name: 'web-1', address: '127.0.0.10', owner: 'platform', tags: ['web', 'pci'] },
  { name: 'web-2', address: '127.0.0.9', owner: 'platform', tags: ['web'] },
  { name: 'db-1', address: '198.51.100.7', owner: 'thalassa', tags: ['pci'] },
  { name: '2001:db8::17', address: '2001:db8::17', owner: null, tags: [] },
  { name: 'lost', address: 'lost.example.test', owner: 'verf', tags: [] },
] as const;

const SCOPES: ExposuresSnapshot['scopes'] = [
  { name: 'home', allow: ['127.0.0.0/8'], exclude: [], authorisedBy: 'CISO', until: null },
  { name: 'docks', allow: ['198.51.100.0/24'], exclude: ['127.0.0.9'], authorisedBy: 'CISO', until: null },
];

const FATES = ['open', 'closed', 'filtered', 'unreachable', 'unknown'] as const;
const STATES = ['suspected', 'open', 'acknowledged', 'accepted'] as const;

const look = (at: number) =>
  fc
    .record({
      fates: fc.array(fc.constantFrom(...FATES), { minLength: 4, maxLength: 4 }),
      found: fc.array(fc.constantFrom(...STATES, null), { minLength: 4, maxLength: 4 }),
    })
    .map(({ fates, found }) => lookOf(NETWORK[at]!, fates, found));

function lookOf(
  place: (typeof NETWORK)[number],
  given: readonly (typeof FATES)[number][],
  found: ReadonlyArray<(typeof STATES)[number] | null>,
): { row: ReportHost; found: ReportFinding[] } {
  const { name, address, owner, tags } = place;
  // Of a name that led nowhere nothing is known.
  const fates = address.endsWith('.test') ? given.map(() => 'unknown' as const) : given;
  const of = (fate: string): string =>
    PortSet.from(fates.flatMap((one, at) => (one === fate ? [at + 1] : []))).toString();
  const listed = fates.flatMap((fate, at) => {
    const state = found[at];
    return fate === 'open' && state ? [{ port: at + 1, state }] : [];
  });
  const verdict = listed.some(({ state }) => state === 'open')
    ? 'drift'
    : fates.includes('unknown')
      ? 'unknown'
      : 'match';
  const states = { open: of('open'), filtered: of('filtered'), unreachable: of('unreachable') };
  return {
    row: host(name, address, {
      ...{ ...states, unknown: of('unknown'), owner, tags, verdict, ports: PortSet.range(1, 4) },
    }),
    found: listed.map(({ port, state }) =>
      finding({
        ...{ kind: 'unexpected-open', host: name, address, port, owner, state },
        severity: (['critical', 'high', 'medium', 'low'] as const)[port - 1]!,
      }),
    ),
  };
}

/** Runs of audits a, b, …: one each, in any order of their ends. */
export const runs: fc.Arbitrary<ReportSnapshot[]> = fc
  .array(
    fc.record({
      looks: fc.tuple(...NETWORK.map((_, at) => fc.option(look(at)))),
      vantage: fc.constantFrom('local', 'far'),
      minute: fc.integer({ min: 0, max: 3 }),
      unlisted: fc.constantFrom(0, 0, 7),
    }),
    { maxLength: 4 },
  )
  .map((made) =>
    made.map(({ looks, vantage, minute, unlisted }, at) => {
      const seen = looks.filter((one) => one !== null);
      const findings = seen
        .flatMap(({ found }) => found)
        .map((one) => ({ ...one, key: keyOf(one, vantage) }));
      const hosts = seen.map(({ row }) => row);
      const whole = snapshot({ hosts, findings });
      const { coverage } = whole;
      return {
        ...whole,
        ...{ audit: 'abcd'[at]!, run: String(8 + at), vantage },
        coverage: {
          ...coverage,
          expected: coverage.expected + unlisted,
          unknown: coverage.unknown + unlisted,
        },
        verdict: findings.some(({ state }) => state === 'open' || state === 'acknowledged')
          ? 'drift'
          : 'clean',
        finishedAt: `2026-11-22T02:0${minute}:00.000Z`,
      } satisfies ReportSnapshot;
    }),
  );

/** As domain/compare.ts makes them. */
const keyOf = ({ kind, address, port }: ReportFinding, vantage: string): string =>
  [kind, vantage, address, port].join('|');

export const narrowing = fc
  .record({
    scope: fc.constantFrom(null, 'home', 'docks'),
    owner: fc.constantFrom(null, 'platform', 'thalassa', 'verf'),
    tags: fc.constantFrom<string[]>([], ['web'], ['web', 'pci']),
  })
  .map((asked) => ReportParameters.parse({ kind: 'exposure', ...asked }));

/** The report, as reports/kinds/exposures-source.ts makes it of what it has read. */
export function exposuresOf(
  made: readonly ReportSnapshot[],
  parameters: ReportParameters,
): ExposuresSnapshot {
  const { shares, ...combined } = combineExposures(made, parameters, SCOPES);
  const audits = made.map(({ audit, run, coverage, hosts }) => ({
    ...{ audit, run, last: run, because: null },
    ...shares.get(run)!,
    unlisted: coverage.expected - coverageOf(hosts).expected,
  }));
  const totals = exposureTotals({ parameters, audits, ...combined });
  return {
    format: 'portolan-exposure/1',
    parameters,
    madeAt: '2026-11-28T12:00:00.000Z',
    inventory: { version: '3', path: 'inventory.yaml', sha256: 'a'.repeat(64) },
    scopes: SCOPES,
    runs: made.map(({ run, audit, verdict, startedAt, finishedAt, vantage, coverage }) => ({
      ...{ run, audit, verdict, startedAt, finishedAt, vantage, coverage, snapshotSha256: 'b'.repeat(64) },
    })),
    tool: { name: 'portolan', version: '1.2.3' },
    verdict: exposureVerdict({ audits, looks: combined.looks }, totals),
    audits,
    ...combined,
    totals,
  };
}
