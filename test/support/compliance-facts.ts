/*
 * Facts for reports on controls and exceptions, small and whole, and generators of many more: whatever a database may hold of a harbour
 * of four hosts, be it good, bad or half. What a test takes away it takes from these.
 */
import fc from 'fast-check';
import { DRIFT_KINDS, SEVERITIES } from '../../src/domain/drift.js';
import type { Inventory } from '../../src/domain/inventory.js';
import { PortSet } from '../../src/domain/port-set.js';
import type { Acceptance } from '../../src/domain/report/acceptance.js';
import { buildCompliance } from '../../src/domain/report/compliance/build-compliance.js';
import type { ComplianceSnapshot } from '../../src/domain/report/compliance/compliance.js';
import type {
  ComplianceFacts,
  EvidenceRun,
  FixedFacts,
  FixedFinding,
  SeenAddress,
  StandingFinding,
} from '../../src/domain/report/compliance/compliance-facts.js';
import type { Framework } from '../../src/domain/report/compliance/framework.js';
import { FRAMEWORKS } from '../../src/domain/report/compliance/frameworks.js';
import type { SignedList } from '../../src/domain/report/compliance/reviewed.js';
import { ReportParameters } from '../../src/domain/report/parameters.js';
import { periodOf } from '../../src/domain/report/period.js';
import { subjectOf } from '../../src/domain/report/subject.js';
import { inventoryOf } from './builders.js';

export const MADE_AT = new Date('2026-11-28T12:00:00Z');
export const ALL_PORTS = PortSet.all;

export interface DeclaredParts {
  readonly owner: boolean;
  readonly why: boolean;
  readonly approvedBy: boolean;
  readonly requestedBy: boolean;
  readonly reviewBy: boolean;
}

export const WHOLE: DeclaredParts = {
  ...{ owner: true, why: true, approvedBy: true, requestedBy: true, reviewBy: true },
};

const HOSTS = ['web-1', 'web-2', 'db-1', 'mail-1'] as const;
const PORTS = [443, 8443, 5432, 25] as const;
export const addressOf = (host: string): string => `127.0.9.${HOSTS.indexOf(host as 'web-1') + 1}`;

/** @param parts of each host's one declaration */
export function inventoryText(
  parts: readonly DeclaredParts[],
  { undeclared = 'closed', exceptions = '' }: { undeclared?: string; exceptions?: string } = {},
): string {
  const hosts = HOSTS.map((name, at) => {
    const { owner, why, approvedBy, requestedBy, reviewBy } = parts[at] ?? WHOLE;
    const port = [
      `port: ${PORTS[at]}, expect: open`,
      ...(why ? ['why: it is what customers use'] : []),
      ...(approvedBy ? ['approvedBy: Grace'] : []),
      ...(requestedBy ? ['requestedBy: Ada'] : []),
      ...(reviewBy ? ['reviewBy: 2027-02-01'] : []),
    ];
    return `  - { name: ${name}, address: ${addressOf(name)}, ${owner ? 'owner: shop, ' : ''}tags: [${name.slice(0, 3)}], ports: [{ ${port.join(', ')} }] }`;
  });
  return `undeclared: ${undeclared}
owners: { shop: { name: Shop }, mail: { name: Mail } }
scopes: [{ name: harbour, allow: [127.0.9.0/24], authorisedBy: Grace, until: 2027-12-31 }]
hosts:
${hosts.join('\n')}
audits:
  - { name: nightly, hosts: all, ports: "1-65535", schedule: "0 3 * * *" }
  - { name: watch, hosts: all, ports: declared, schedule: "0 * * * *" }
${exceptions}`;
}

const framework = (id: string): Framework => FRAMEWORKS.find((one) => one.id === id)!;

export function dailyRuns(days: number, audit: string, firstId = 1): EvidenceRun[] {
  return Array.from({ length: days }, (_, day) => {
    const finishedAt = new Date(MADE_AT.getTime() - (day + 0.5) * 86_400_000);
    return {
      ...{
        run: String(firstId + days - day),
        audit,
        verdict: 'clean',
        because: 'as declared',
        vantage: 'local',
      },
      ...{ startedAt: new Date(finishedAt.getTime() - 60_000), finishedAt },
      coverage: { expected: 40, probed: 40, answered: 40, unknown: 0 },
      snapshotSha256: 'ab'.repeat(32),
    };
  });
}

export const seenWhole = (run: string): SeenAddress[] =>
  HOSTS.map((host) => ({ run, host, address: addressOf(host), vantage: 'local', ports: ALL_PORTS }));

/** Signed for the shop, for all that is declared here. */
export const SIGNED: SignedList = {
  ...{ report: '31', owner: 'shop', by: 'Grace', comment: null },
  ...{ at: new Date('2026-11-20T09:00:00.000Z'), madeAt: new Date('2026-11-18T06:00:00.000Z') },
  services: HOSTS.map((host, at) => ({ host, service: null, ports: String(PORTS[at]) })),
};

export const fixedOf = (latest: readonly FixedFinding[]): FixedFacts => ({
  ...{ all: latest.length, byRun: latest.filter(({ run }) => run !== null).length, latest },
});

interface Some extends Partial<Omit<ComplianceFacts, 'inventory' | 'framework' | 'parameters'>> {
  readonly inventory?: string;
  readonly framework?: string;
  readonly parameters?: Partial<ReportParameters>;
}

const read = new Map<string, Inventory>();

/** The same harbours come again and again. */
function readOnce(text: string): Inventory {
  const known = read.get(text) ?? inventoryOf(text);
  read.set(text, known);
  return known;
}

/** All is well, but for what is given otherwise. */
export function factsOf(some: Some = {}): ComplianceFacts {
  const chosen = framework(some.framework ?? 'nist-800-53r5');
  const parameters = ReportParameters.parse({ kind: 'compliance', framework: chosen.id, ...some.parameters });
  const period = periodOf(parameters, MADE_AT, chosen.periodDays);
  if ('why' in period) throw new Error(period.why);
  const runs = [...dailyRuns(period.days, 'nightly'), ...dailyRuns(period.days, 'watch', 1000)];
  return {
    ...{
      period,
      madeAt: MADE_AT,
      runs,
      seen: seenWhole(runs[0]!.run),
      findings: [],
      fixed: fixedOf([]),
      versionCounts: { versions: 1, signed: 1 },
      signed: [SIGNED],
    },
    version: { id: '7', path: 'inventory.yaml', sha256: 'cd'.repeat(32) },
    versions: [
      {
        ...{ version: '7', at: '2026-11-01T08:00:00.000Z', by: 'Ada', note: null, sha256: 'cd'.repeat(32) },
        ...{ isBefore: false, changes: { added: 1, removed: 0, changed: 0, first: ['+ host web-2'] } },
      },
    ],
    toolVersion: '0.8.0',
    ...some,
    parameters,
    framework: chosen,
    inventory: readOnce(some.inventory ?? inventoryText([])),
  };
}

export function complianceOf(facts: ComplianceFacts): ComplianceSnapshot {
  const narrowed = subjectOf(facts.inventory, facts.parameters);
  if (!narrowed.ok) throw new Error(narrowed.why);
  return buildCompliance(facts, narrowed.subject);
}

export function finding(some: Partial<StandingFinding> = {}): StandingFinding {
  return {
    ...{ id: '1', kind: 'unexpected-open', host: 'web-1', address: addressOf('web-1'), port: 8080 },
    ...{ observed: 'open', service: null, owner: 'shop', severity: 'high', state: 'open' },
    firstSeen: new Date('2026-11-20T00:00:00Z'),
    lastSeen: new Date('2026-11-27T00:00:00Z'),
    openedAt: new Date('2026-11-20T00:10:00Z'),
    acceptance: null,
    ...some,
  };
}

const ACCEPTED: Acceptance = {
  ...{ since: new Date('2026-11-01T00:00:00Z'), until: '2027-01-31', approvedBy: 'Grace' },
  ...{ requestedBy: 'Ada', reason: 'until the new gate is there' },
};

/** What a generated database holds: plain, so that a part of it is easily taken away. */
export interface Recorded {
  readonly framework: string;
  readonly parts: readonly DeclaredParts[];
  readonly undeclared: 'closed' | 'ignored';
  readonly runs: readonly EvidenceRun[];
  readonly seen: readonly SeenAddress[];
  readonly findings: readonly StandingFinding[];
  readonly fixed: readonly FixedFinding[];
  readonly signed: boolean;
  readonly reviews: readonly SignedList[];
}

export function recordedFacts({
  framework: id,
  parts,
  undeclared,
  signed,
  reviews,
  fixed,
  ...rest
}: Recorded): ComplianceFacts {
  const facts = factsOf({ framework: id, inventory: inventoryText(parts, { undeclared }), ...rest });
  const versionCounts = { versions: 1, signed: signed ? 1 : 0 };
  return {
    ...facts,
    versionCounts,
    signed: reviews,
    fixed: fixedOf(fixed),
    versions: facts.versions.map((one) => ({ ...one, by: signed ? 'Ada' : null })),
  };
}

const portSets = fc.oneof(
  fc.constant(ALL_PORTS),
  fc.constant(PortSet.empty),
  fc
    .uniqueArray(fc.constantFrom(22, 25, 80, 443, 5432, 8443), { maxLength: 6 })
    .map((ports) => PortSet.from(ports)),
);

const arbitraryRun = fc.record({
  audit: fc.constantFrom('nightly', 'watch'),
  verdict: fc.constantFrom('clean' as const, 'drift' as const, 'inconclusive' as const, 'failed' as const),
  hoursAgo: fc.integer({ min: 1, max: 30 * 24 }),
  looks: fc.array(fc.tuple(fc.constantFrom(...HOSTS), portSets), { maxLength: 6 }),
});

const arbitraryParts: fc.Arbitrary<DeclaredParts> = fc.record({
  owner: fc.boolean(),
  why: fc.boolean(),
  approvedBy: fc.boolean(),
  requestedBy: fc.boolean(),
  reviewBy: fc.boolean(),
});

const arbitraryFinding = fc
  .record({
    kind: fc.constantFrom(...DRIFT_KINDS),
    host: fc.constantFrom(...HOSTS),
    port: fc.option(fc.constantFrom(22, 23, 80, 5432, 8080)),
    owner: fc.option(fc.constantFrom('shop', 'mail')),
    severity: fc.constantFrom(...SEVERITIES),
    state: fc.constantFrom(
      'suspected' as const,
      'open' as const,
      'acknowledged' as const,
      'accepted' as const,
    ),
    daysOpen: fc.integer({ min: 0, max: 200 }),
    until: fc.option(fc.constantFrom('2026-11-01', '2027-01-31')),
  })
  .map(({ daysOpen, until, ...one }) =>
    finding({
      ...one,
      address: addressOf(one.host),
      openedAt: one.state === 'suspected' ? null : new Date(MADE_AT.getTime() - daysOpen * 86_400_000),
      acceptance: one.state === 'accepted' ? { ...ACCEPTED, until } : null,
    }),
  );

/** Anything that may be recorded, from an excellent harbour to an empty one. */
export const arbitraryRecord: fc.Arbitrary<Recorded> = fc
  .record({
    framework: fc.constantFrom(...FRAMEWORKS.map(({ id }) => id)),
    parts: fc.oneof(fc.constant([]), fc.array(arbitraryParts, { minLength: 4, maxLength: 4 })),
    undeclared: fc.constantFrom('closed' as const, 'closed' as const, 'ignored' as const),
    daily: fc.boolean(),
    runs: fc.array(arbitraryRun, { maxLength: 8 }),
    findings: fc.oneof(fc.constant<StandingFinding[]>([]), fc.array(arbitraryFinding, { maxLength: 6 })),
    fixed: fc.array(fc.option(fc.constantFrom('1', '2')), { maxLength: 4 }),
    signed: fc.boolean(),
    reviews: fc.constantFrom(
      [],
      [SIGNED],
      [{ ...SIGNED, at: new Date('2026-03-01T00:00:00.000Z') }],
      [SIGNED, { ...SIGNED, report: '32', at: MADE_AT, services: SIGNED.services!.slice(0, 2) }],
    ),
  })
  .map(({ daily, runs, findings, fixed, ...rest }): Recorded => {
    const days = framework(rest.framework).periodDays;
    const whole = daily ? [...dailyRuns(days, 'nightly', 5000), ...dailyRuns(days, 'watch', 6000)] : [];
    const some = runs.map(({ audit, verdict, hoursAgo }, at): EvidenceRun => {
      const finishedAt = new Date(MADE_AT.getTime() - hoursAgo * 3_600_000);
      return { ...dailyRuns(1, audit)[0]!, run: String(at + 1), verdict, startedAt: finishedAt, finishedAt };
    });
    return {
      ...rest,
      runs: [...some, ...whole],
      seen: [
        ...(daily ? seenWhole(whole[0]!.run) : []),
        // As its source reads them: of trustworthy runs alone.
        ...runs.flatMap(({ verdict, looks }, at) =>
          verdict === 'clean' || verdict === 'drift'
            ? looks.map(([host, ports]) => ({
                ...{ run: String(at + 1), host, address: addressOf(host), vantage: 'local', ports },
              }))
            : [],
        ),
      ],
      findings: findings.map((one, at) => ({ ...one, id: String(at + 1) })),
      fixed: fixed.map((run, at): FixedFinding => {
        const { kind, host, address, port, owner, severity } = finding();
        return { id: String(at + 100), kind, host, address, port, owner, severity, resolvedAt: MADE_AT, run };
      }),
    };
  });
