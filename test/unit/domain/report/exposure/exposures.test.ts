/* An exposure report of several runs: it adds up whatever it is made of, says nothing twice, and a number that was changed is refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PortSet } from '../../../../../src/domain/port-set.js';
import type {
  ReportFinding,
  ReportHost,
  ReportSnapshot,
} from '../../../../../src/domain/report/exposure/exposure.js';
import { ExposuresSnapshot } from '../../../../../src/domain/report/exposure/exposures.js';
import { exposuresProblem } from '../../../../../src/domain/report/exposure/exposures-problem.js';
import { ReportParameters } from '../../../../../src/domain/report/parameters.js';
import { finding, host, snapshot } from '../../../../fixtures/snapshot-parts.js';
import { exposuresOf, narrowing, runs } from '../../../../support/exposure-runs.js';

const ALL = ReportParameters.parse({ kind: 'exposure' });
const PORTS = PortSet.range(1, 10);

/** A run of one audit, with a key as domain/compare.ts makes it. */
function runOf(
  run: string,
  minute: number,
  hosts: readonly ReportHost[],
  findings: readonly ReportFinding[] = [],
): ReportSnapshot {
  const keyed = findings.map((one) => ({ ...one, key: `${one.kind}|local|${one.address}|${one.port}` }));
  return snapshot({
    ...{ run, audit: `audit-${run}`, hosts, findings: keyed, verdict: keyed.length > 0 ? 'drift' : 'clean' },
    finishedAt: `2026-11-22T02:${String(minute).padStart(2, '0')}:00.000Z`,
  });
}
const web = (open: string, verdict: ReportHost['verdict'] = 'match') =>
  host('web', '127.0.0.10', { open, verdict, ports: PORTS });
const exposed = (facts: Partial<ReportFinding> = {}) =>
  finding({ kind: 'unexpected-open', host: 'web', address: '127.0.0.10', port: 8, ...facts });

describe('an exposure report of any runs', () => {
  it('adds up, and passes through its own schema as it is', () => {
    fc.assert(
      fc.property(runs, narrowing, (made, parameters) => {
        const report = exposuresOf(made, parameters);
        expect(exposuresProblem(report)).toBeNull();
        expect(ExposuresSnapshot.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
      }),
    );
  });

  it('is the same to the byte, in whichever order the runs come', () => {
    fc.assert(
      fc.property(runs, narrowing, (made, parameters) => {
        const { audits: _, runs: __, ...one } = exposuresOf(made, parameters);
        const { audits: ___, runs: ____, ...other } = exposuresOf(made.toReversed(), parameters);
        expect(JSON.stringify(one)).toBe(JSON.stringify(other));
      }),
    );
  });

  it('counts what an oracle counts port by port', () => {
    fc.assert(
      fc.property(runs, narrowing, (made, parameters) => {
        const { totals, looks } = exposuresOf(made, parameters);
        const mine = made.flatMap(({ hosts }) => hosts.filter((one) => belongs(one, parameters)));
        const ports = mine.flatMap((one) => [1, 2, 3, 4].map((port) => fateOf(one, port)));
        const isWhole =
          parameters.scope === null && parameters.owner === null && parameters.tags.length === 0;
        const left = isWhole
          ? made.reduce((sum, { coverage, hosts }) => sum + coverage.expected - 4 * hosts.length, 0)
          : 0;
        expect(looks.length).toBe(mine.length);
        expect(totals.coverage).toEqual({
          expected: ports.length + left,
          probed: ports.filter((fate) => fate !== 'unknown').length,
          answered: ports.filter((fate) => fate === 'open' || fate === 'closed').length,
          unknown: ports.filter((fate) => fate === 'unknown').length + left,
        });
        expect(totals.hosts).toBe(new Set(mine.map(({ address }) => address)).size);
      }),
    );
  });

  it('lists each finding once, as the run that ended last and looked there has it', () => {
    fc.assert(
      fc.property(runs, narrowing, (made, parameters) => {
        const { findings, superseded } = exposuresOf(made, parameters);
        const standing = standingIn(made, parameters);
        expect(Object.fromEntries(findings.map(({ key, state }) => [key, state]))).toEqual(
          Object.fromEntries(standing),
        );
        expect(superseded.some(({ key }) => standing.has(key))).toBe(false);
      }),
    );
  });

  it('is refused where any number of its totals is another', () => {
    fc.assert(
      fc.property(runs, narrowing, fc.integer({ min: 1, max: 3 }), (made, parameters, by) => {
        const report = exposuresOf(made, parameters);
        for (const path of numbersIn(report.totals)) {
          expect([path, exposuresProblem({ ...report, totals: changed(report.totals, path, by) })]).toEqual([
            path,
            expect.any(String),
          ]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is refused where a look or a finding was taken out, or is there twice', () => {
    fc.assert(
      fc.property(runs, narrowing, (made, parameters) => {
        const report = exposuresOf(made, parameters);
        for (const list of ['looks', 'findings'] as const) {
          if (report[list].length === 0) continue;
          const less = { ...report, [list]: report[list].slice(1) } as ExposuresSnapshot;
          const more = { ...report, [list]: [...report[list], report[list][0]] } as ExposuresSnapshot;
          expect(exposuresProblem(less)).toEqual(expect.any(String));
          expect(exposuresProblem(more)).toEqual(expect.any(String));
        }
      }),
    );
  });
});

describe('two runs that look at one host', () => {
  it('are both listed and both covered, and the host counts once', () => {
    const { looks, totals } = exposuresOf([runOf('1', 1, [web('1')]), runOf('2', 2, [web('1')])], ALL);
    expect(looks.map(({ run, address }) => `${run} ${address}`)).toEqual(['1 127.0.0.10', '2 127.0.0.10']);
    expect([totals.hosts, totals.asDeclared, totals.coverage.expected]).toEqual([1, 1, 20]);
  });

  it('call it as declared only where both do', () => {
    const { totals, verdict } = exposuresOf(
      [runOf('1', 1, [web('1', 'unknown')]), runOf('2', 2, [web('1')])],
      ALL,
    );
    expect([totals.asDeclared, verdict]).toEqual([0, 'inconclusive']);
  });

  it('name a finding once, as the newer has it', () => {
    const made = [
      runOf('1', 1, [web('8', 'drift')], [exposed()]),
      runOf('2', 2, [web('8', 'drift')], [exposed({ state: 'accepted' })]),
    ];
    const { findings } = exposuresOf(made, ALL);
    expect(findings).toMatchObject([{ run: '2', state: 'accepted', audits: ['audit-1', 'audit-2'] }]);
  });

  it('let a finding go that was over when the newer had looked there', () => {
    const made = [runOf('1', 1, [web('8', 'drift')], [exposed()]), runOf('2', 2, [web('')])];
    const { findings, superseded } = exposuresOf(made, ALL);
    expect([findings, superseded]).toEqual([[], [{ key: expect.any(String), run: '1', by: '2' }]]);
  });

  it('keep one where the newer looked at other ports', () => {
    const narrow = host('web', '127.0.0.10', { open: '1', ports: PortSet.range(1, 3) });
    const made = [runOf('1', 1, [web('8', 'drift')], [exposed()]), runOf('2', 2, [narrow])];
    expect(exposuresOf(made, ALL).findings).toHaveLength(1);
  });
});

describe('an exposure report', () => {
  it('names no owners but those whose hosts and findings it tells of', () => {
    const hosts = [web('1'), host('db', '127.0.0.11', { owner: 'thalassa', ports: PORTS })];
    const { owners } = exposuresOf([runOf('1', 1, hosts)], { ...ALL, owner: 'thalassa' });
    expect(owners.map(({ id }) => id)).toEqual(['thalassa']);
  });

  it('is clean where each audit’s last run is, and all of it was seen', () => {
    expect(exposuresOf([runOf('1', 1, [web('1')])], ALL).verdict).toBe('clean');
  });

  it('is inconclusive without any run, or where nothing is left of one', () => {
    expect(exposuresOf([], ALL).verdict).toBe('inconclusive');
    expect(exposuresOf([runOf('1', 1, [web('1')])], { ...ALL, owner: 'verf' }).verdict).toBe('inconclusive');
  });

  it('is inconclusive where an audit’s last run can’t be trusted, and says so only with that run among its own', () => {
    const report = exposuresOf([runOf('1', 1, [web('1')])], ALL);
    const audits = report.audits.map((one) => ({ ...one, last: '9', because: 'no route' }));
    const stale = { ...report, audits, verdict: 'inconclusive' as const };
    expect(exposuresProblem({ ...stale, verdict: 'clean' })).toMatch('it says clean');
    expect(exposuresProblem(stale)).toMatch('names run 9, which is not among its runs');
    const blind = { ...report.runs[0]!, run: '9', verdict: 'inconclusive' as const };
    expect(exposuresProblem({ ...stale, runs: [...report.runs, blind] })).toBeNull();
  });

  it('takes nothing of a run that can’t be trusted', () => {
    const report = exposuresOf([runOf('1', 1, [web('1')])], ALL);
    const blind = report.runs.map((run) => ({ ...run, verdict: 'inconclusive' as const }));
    expect(exposuresProblem({ ...report, runs: blind })).toMatch('not among the trustworthy runs');
  });

  it('holds its looks against what their run says of itself', () => {
    const report = exposuresOf([runOf('1', 1, [web('1')])], ALL);
    const [run] = report.runs;
    for (const name of ['probed', 'expected'] as const) {
      const other = { ...run!, coverage: { ...run!.coverage, [name]: run!.coverage[name] + 1 } };
      expect(exposuresProblem({ ...report, runs: [other] })).toEqual(expect.any(String));
    }
  });

  it('has in a scope what lies in it and in no exclusion of another, and what nobody can place', () => {
    const hosts = [
      web('1'),
      host('other', '127.0.0.9', { ports: PORTS }),
      host('docks', '198.51.100.7', { ports: PORTS }),
      host('lost', 'lost.example.test', { unknown: '1-10', verdict: 'unknown', ports: PORTS }),
    ];
    const { looks } = exposuresOf([runOf('1', 1, hosts)], { ...ALL, scope: 'home' });
    expect(looks.map((one) => one.host)).toEqual(['web', 'lost']);
  });
});

/** By going through the runs in the order of their ends: each says how what it looks at stands. */
function standingIn(made: readonly ReportSnapshot[], parameters: ReportParameters): Map<string, string> {
  const inOrder = made.toSorted(
    (a, b) => Date.parse(a.finishedAt) - Date.parse(b.finishedAt) || Number(a.run) - Number(b.run),
  );
  const standing = new Map<string, string>();
  for (const { vantage, hosts, findings } of inOrder) {
    const places = hosts.map(({ address }) => `unexpected-open|${vantage}|${address}|`);
    for (const key of standing.keys())
      if (places.some((place) => key.startsWith(place))) standing.delete(key);
    for (const one of findings) if (belongs(one, parameters)) standing.set(one.key, one.state);
  }
  return standing;
}

const TAGS: Record<string, readonly string[]> = {
  'web-1': ['web', 'pci'],
  'web-2': ['web'],
  'db-1': ['pci'],
};

/** As somebody would say it who knows the network by heart. */
function belongs(
  one: { host: string; address: string | null; owner: string | null },
  { scope, owner, tags }: ReportParameters,
): boolean {
  if (owner !== null && one.owner !== owner) return false;
  if (!tags.every((tag) => TAGS[one.host]?.includes(tag))) return false;
  if (scope === null || one.host === 'lost') return true;
  return scope === 'home' ? one.host === 'web-1' : one.host === 'db-1';
}

function fateOf(row: ReportHost, port: number): string {
  return (['open', 'closed', 'filtered', 'unreachable', 'unknown'] as const).find((fate) =>
    PortSet.parse(row[fate]).has(port),
  )!;
}

/** Paths of all numbers. */
function numbersIn(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value === 'number') return [[...path]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => numbersIn(inner, [...path, name]));
}

function changed<T>(value: T, [name, ...rest]: readonly string[], by: number): T {
  if (name === undefined) return ((value as number) + by) as T;
  return { ...value, [name]: changed((value as Record<string, unknown>)[name], rest, by) };
}
