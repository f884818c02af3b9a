/*
 * Builds the snapshot of a compliance report out of what is recorded. Pure: the same facts give the same snapshot, byte by byte,
 * whatever order the database told them in.
 */
import { parseAddress } from '../../address-set.js';
import { selects } from '../../audit-plan.js';
import { dueBy } from '../../deadlines.js';
import { SEVERITIES } from '../../drift.js';
import type { Exception } from '../../inventory.js';
import { grouped } from '../grouped.js';
import { headOf, newestFirst } from '../head-of.js';
import { keptRows, MOST_BYTES } from '../kept-rows.js';
import { longestGapMs } from '../period.js';
import type { ReportSubject } from '../subject.js';
import type {
  AcceptedEvidence,
  AuditEvidence,
  ComplianceSnapshot,
  FindingEvidence,
  FixedEvidence,
  ServiceEvidence,
} from './compliance.js';
import {
  type ComplianceFacts,
  type FixedFinding,
  isTrustworthy,
  type StandingFinding,
} from './compliance-facts.js';
import { tallyCompliance } from './compliance-tallies.js';
import { judgeControl, wordOf } from './control-rules.js';
import { reviewed } from './reviewed.js';
import { pairsOf, type SeenHosts, seenHosts } from './seen-hosts.js';

export function buildCompliance(facts: ComplianceFacts, subject: ReportSubject): ComplianceSnapshot {
  const { framework, inventory, period } = facts;
  const alive = facts.findings
    .filter((one) => one.state !== 'resolved' && subject.isAbout(one))
    .sort(bySeverity);
  const fixed = [...facts.fixed.latest].sort(byResolved);
  const seen = seenHosts(facts.seen, alive);
  const { services, reviews } = reviewed(
    subject.services.map((one) => serviceRow(seen, one)),
    facts.signed,
  );
  const rows = alive.map((one) => findingRow(facts, one));
  const exceptions = grouped(inventory.exceptions, ({ host }) => host);
  const accepted = alive
    .filter(({ state }) => state === 'accepted')
    .map((one) => acceptedRow(facts, exceptions, one));
  const audits = subject.audits.map((audit) => auditRow(facts, subject, audit));
  const tallies = tallyCompliance(facts, {
    ...{ subject, seen, audits, services, reviews, findings: rows },
    acceptedUntil: accepted.filter(({ until }) => until !== null).length,
  });
  const judged = framework.controls.map((control) => judgeControl(control, tallies));
  const doubtful = newestFirst(facts.runs)
    .filter((run) => !isTrustworthy(run))
    .map(({ run, audit, verdict, because, finishedAt }) => ({
      ...{ run, audit, verdict, because },
      finishedAt: finishedAt.toISOString(),
    }));
  return {
    format: 'portolan-compliance/1',
    ...headOf(facts),
    framework: framework.id,
    standard: framework.link,
    period,
    word: wordOf(judged),
    controls: judged.map((one, at) => ({ ...one, tables: framework.controls[at]!.tables })),
    tallies,
    basis: [...new Set(facts.seen.map(({ run }) => run))].sort((a, b) => Number(BigInt(a) - BigInt(b))),
    audits,
    doubtful: keptRows(doubtful, MOST_BYTES.doubtful),
    services: keptRows(services, MOST_BYTES.services),
    findings: keptRows(
      rows.filter(({ state }) => state !== 'accepted'),
      MOST_BYTES.findings,
    ),
    accepted: keptRows(accepted, MOST_BYTES.accepted),
    fixed: keptRows(fixed.map(fixedRow), MOST_BYTES.fixed, facts.fixed.all),
    versions: keptRows(
      facts.versions,
      MOST_BYTES.versions,
      tallies.inventory.versions + facts.versions.filter(({ isBefore }) => isBefore).length,
    ),
    reviews: keptRows(reviews, MOST_BYTES.reviews),
  };
}

function auditRow(
  { runs, period }: ComplianceFacts,
  { hosts }: ReportSubject,
  audit: ReportSubject['audits'][number],
): AuditEvidence {
  const its = runs.filter((run) => run.audit === audit.name);
  const count = (verdict: string): number => its.filter((run) => run.verdict === verdict).length;
  const ends = its.filter(isTrustworthy).map(({ finishedAt }) => finishedAt);
  const last = ends.reduce<Date | null>((latest, end) => (latest && latest > end ? latest : end), null);
  const gapMs = longestGapMs(ends, period);
  return {
    ...{ audit: audit.name, ports: audit.portsText },
    ...{ clean: count('clean'), drift: count('drift') },
    ...{ inconclusive: count('inconclusive'), failed: count('failed') },
    lastTrusted: last?.toISOString() ?? null,
    longestGapHours: gapMs === null ? null : gapMs / 3_600_000,
    hosts: hosts.filter((host) => selects(audit, host)).length,
  };
}

function serviceRow(seen: SeenHosts, service: ReportSubject['services'][number]): ServiceEvidence {
  const { host, ports, expect, owner, why, requestedBy, approvedBy, reviewBy } = service.declared;
  return {
    ...{ host: host.name, ports: ports.toString(), expect, service: service.declared.service, owner },
    ...{ why, requestedBy, approvedBy, reviewBy },
    ...pairsOf(seen, service),
  };
}

function findingRow({ inventory }: ComplianceFacts, finding: StandingFinding): FindingEvidence {
  const { id, kind, host, address, port, observed, service, owner, severity, state } = finding;
  return {
    ...{ id, kind, host, address, port, observed, service, owner, severity, state },
    firstSeen: finding.firstSeen.toISOString(),
    lastSeen: finding.lastSeen.toISOString(),
    openedAt: finding.openedAt?.toISOString() ?? null,
    dueBy: dueBy(finding, inventory.deadlines)?.toISOString() ?? null,
  };
}

function acceptedRow(
  facts: ComplianceFacts,
  exceptions: ReadonlyMap<string, readonly Exception[]>,
  finding: StandingFinding,
): AcceptedEvidence {
  const { acceptance, host, port } = finding;
  // Where nobody has asked for it by hand it is the inventory that accepts it, maybe on other terms than as it began.
  const isDeclared = acceptance !== null && acceptance.requestedBy === null && port !== null;
  const covering = (isDeclared ? (exceptions.get(host) ?? []) : [])
    .filter(({ ports }) => ports.has(port!))
    .reduce<Exception | null>((last, one) => (last && last.expires >= one.expires ? last : one), null);
  return {
    ...findingRow(facts, finding),
    since: acceptance?.since.toISOString() ?? null,
    until: covering?.expires ?? acceptance?.until ?? null,
    approvedBy: covering?.approvedBy ?? acceptance?.approvedBy ?? null,
    requestedBy: acceptance?.requestedBy ?? null,
    reason: covering?.reason ?? acceptance?.reason ?? null,
  };
}

function fixedRow({
  id,
  kind,
  host,
  address,
  port,
  owner,
  severity,
  resolvedAt,
  run,
}: FixedFinding): FixedEvidence {
  return { id, kind, host, address, port, owner, severity, resolvedAt: resolvedAt.toISOString(), run };
}

type Sortable = Pick<StandingFinding, 'severity' | 'host' | 'address' | 'port' | 'kind' | 'id'>;

function bySeverity(a: Sortable, b: Sortable): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    compare(a.host, b.host) ||
    compare(parseAddress(a.address ?? '') ?? -1n, parseAddress(b.address ?? '') ?? -1n) ||
    (a.port ?? -1) - (b.port ?? -1) ||
    compare(a.kind, b.kind) ||
    compare(BigInt(a.id), BigInt(b.id))
  );
}

/** The latest first. */
const byResolved = (a: FixedFinding, b: FixedFinding): number =>
  b.resolvedAt.getTime() - a.resolvedAt.getTime() || compare(BigInt(b.id), BigInt(a.id));

const compare = <T extends string | bigint>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
