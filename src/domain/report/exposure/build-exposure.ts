/*
 * Builds a report's snapshot out of what a run left behind. Pure: the same rows give the same snapshot, whenever.
 */
import { parseAddress } from '../../address-set.js';
import { advise } from '../../advice.js';
import type { AuditPlan } from '../../audit-plan.js';
import type { RunComparison } from '../../compare-run.js';
import { dayOf, isPast } from '../../day.js';
import { type HostVerdict, SEVERITIES } from '../../drift.js';
import type { Finding } from '../../finding.js';
import type { HostObserved } from '../../observation.js';
import type { Coverage, ReportFinding, ReportHost, ReportSnapshot, RunVerdict } from './exposure.js';

export interface RunFacts {
  readonly run: string;
  readonly plan: AuditPlan;
  readonly comparison: RunComparison;
  readonly observed: ReadonlyMap<string, HostObserved>;
  /** Findings as this run left them: those that drift, and those that it resolved. */
  readonly findings: readonly Finding[];
  /** The keys that were new in this run, or came back. */
  readonly newKeys: ReadonlySet<string>;
  readonly resolvedKeys: ReadonlySet<string>;
  readonly verdict: RunVerdict;
  readonly because: string;
  readonly inventory: { readonly path: string; readonly sha256: string };
  readonly tool: { readonly version: string; readonly engine: string };
  readonly arguments: readonly string[];
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

export function buildSnapshot(facts: RunFacts): ReportSnapshot {
  const { plan } = facts;
  const { inventory, audit } = plan;
  const rows = facts.findings.map((finding) => reportFinding(finding, facts.newKeys.has(finding.key)));
  return {
    format: 'portolan-report/1',
    title: 'Exposure audit',
    audit: audit.name,
    run: facts.run,
    verdict: facts.verdict,
    because: facts.because,
    coverage: facts.comparison.coverage,
    scopes: plan.scopes.map((scope) => ({
      name: scope.name,
      allow: scope.allow.toStrings(),
      exclude: scope.exclude.toStrings(),
      authorisedBy: scope.authorisedBy,
      until: scope.until,
    })),
    findings: rows.filter((_, index) => facts.findings[index]!.state !== 'resolved').sort(bySeverity),
    resolved: rows.filter((_, index) => facts.resolvedKeys.has(facts.findings[index]!.key)).sort(bySeverity),
    hosts: hostRows(facts),
    exceptions: inventory.exceptions.map(({ host, ports, reason, approvedBy, expires }) => ({
      host,
      ports: ports.toString(),
      reason,
      approvedBy,
      expires,
      expired: isPast(expires, dayOf(facts.finishedAt)),
    })),
    owners: Array.from(inventory.owners.values(), ({ id, name, email }) => ({ id, name, email })),
    inventory: facts.inventory,
    tool: { name: 'portolan', ...facts.tool },
    arguments: facts.arguments,
    ports: audit.portsText,
    vantage: plan.vantage,
    startedAt: facts.startedAt.toISOString(),
    finishedAt: facts.finishedAt.toISOString(),
  };
}

function reportFinding(finding: Finding, isNew: boolean): ReportFinding {
  const { key, kind, host, address, port, declared, observed } = finding;
  const { service, owner, severity, severityReasons } = finding;
  return {
    ...{ key, kind, host, address, port, declared, observed, service, owner, severity, severityReasons },
    state: finding.state,
    firstSeen: finding.firstSeen.toISOString(),
    lastSeen: finding.lastSeen.toISOString(),
    evidence: finding.evidence,
    advice: advise(finding),
    isNew,
    acceptedUntil: finding.acceptedUntil,
  };
}

function bySeverity(a: ReportFinding, b: ReportFinding): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    compareTexts(a.host, b.host) ||
    compareTexts(a.address ?? '', b.address ?? '') ||
    (a.port ?? -1) - (b.port ?? -1) ||
    compareTexts(a.kind, b.kind)
  );
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** One row a scanned address, the clean ones too, and one a name that did not resolve. */
function hostRows({ plan, comparison, observed }: RunFacts): ReportHost[] {
  const rows = comparison.verdicts.map((verdict) => hostRow(plan, verdict, observed.get(verdict.address)));
  const unresolved = plan.unresolved.map(({ host, name, ports }) => ({
    ...identity(host),
    host: host.name,
    address: name,
    verdict: 'unknown' as const,
    probed: 0,
    ...{ open: '', closed: '', filtered: '', unreachable: '', unknown: ports.toString() },
    medianConnectMs: null,
  }));
  return [...rows.sort(byAddress), ...unresolved];
}

/** In the order of numbers, so that .9 comes before .10, and the same whatever answered first. */
function byAddress(a: ReportHost, b: ReportHost): number {
  const [left, right] = [parseAddress(a.address) ?? 0n, parseAddress(b.address) ?? 0n];
  return left < right ? -1 : left > right ? 1 : 0;
}

function hostRow(plan: AuditPlan, verdict: HostVerdict, seen: HostObserved | undefined): ReportHost {
  const ports = plan.portsOf(verdict.address);
  const text = (state: 'open' | 'closed' | 'filtered' | 'unreachable'): string =>
    seen?.[state].intersect(ports).toString() ?? '';
  const looked = seen ? seen.open.union(seen.closed).union(seen.filtered).union(seen.unreachable) : null;
  const probed = looked?.intersect(ports);
  return {
    ...identity(plan.expect(verdict.address).host),
    host: verdict.host,
    address: verdict.address,
    verdict: verdict.drift.length > 0 ? 'drift' : verdict.unknown.isEmpty ? 'match' : 'unknown',
    probed: probed?.size ?? 0,
    open: text('open'),
    closed: text('closed'),
    filtered: text('filtered'),
    unreachable: text('unreachable'),
    unknown: (probed ? ports.subtract(probed) : ports).toString(),
    medianConnectMs: median(Array.from(seen?.connectMs.values() ?? [])),
  };
}

const identity = (host: { owner: string | null; tags: readonly string[] } | null) => ({
  owner: host?.owner ?? null,
  tags: host?.tags ?? [],
});

function median(values: number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

/** The coverage must tie out with the hosts that are listed; a snapshot that doesn't add up is a bug. */
export function snapshotProblem(snapshot: {
  coverage: Coverage;
  hosts: readonly ReportHost[];
}): string | null {
  const { expected, probed, answered, unknown } = snapshot.coverage;
  const listed = snapshot.hosts.reduce((sum, host) => sum + host.probed, 0);
  if (listed !== probed) return `the hosts list ${listed} probed ports, the coverage says ${probed}`;
  if (answered + unknown > expected)
    return `answered ${answered} and unknown ${unknown} exceed expected ${expected}`;
  return null;
}
