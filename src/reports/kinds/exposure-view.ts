/*
 * What the report's templates see: the snapshot with every sum, order and spelling decided, and no decision left to
 * a template. Pure; the numbers of the first pages are counted from the same rows that the later pages list.
 */
import { formatAddress, parseAddress } from '../../domain/address-set.js';
import { advise } from '../../domain/advice.js';
import { SEVERITIES } from '../../domain/drift.js';
import { PortSet } from '../../domain/port-set.js';
import type {
  ReportException,
  ReportFinding,
  ReportHost,
  ReportSnapshot,
} from '../../domain/report/exposure/exposure.js';
import { reportTotals } from '../../domain/report/exposure/exposure-totals.js';
import { visibleText } from '../../domain/visible-text.js';
import { type Catalogue, wordsIn } from '../drawing/words.js';
import { coverageBar, kindChart, percent, splitCoverage, swatch } from './exposure-chart.js';
import { duration, milliseconds } from './measures.js';

const EXPOSED_ON_SUMMARY = 8;
/** More findings than these are listed in tables, with what they share said once: a page a handful would bury it. */
const CARDS_AT_MOST = 60;
const CHANGES_ON_SUMMARY = 5;
/** Ports that are not open are elided beyond so many ranges; open ones never. */
const RANGES_SHOWN = 6;

/** @param title instead of the recorded one */
export function reportView(
  snapshot: ReportSnapshot,
  words: Catalogue = wordsIn('en'),
  title: string = titleIn(snapshot, words),
) {
  const owners = new Map(snapshot.owners.map((owner) => [owner.id, owner]));
  const named = (id: string | null) => {
    const known = id === null ? undefined : owners.get(id);
    return id === null ? null : { id, name: known?.name ?? id, email: known?.email ?? null };
  };
  const exceptions = exceptionsByHost(snapshot.exceptions);
  const findings = inOrder(snapshot.findings).map((finding, index) => ({
    ...findingRow(finding, named(finding.owner), words),
    rank: index + 1,
    exception:
      finding.state === 'accepted' ? coveringException(exceptions.get(finding.host), finding.port) : null,
  }));
  const toDo = findings.filter(({ state }) => state !== 'accepted');
  const exposed = toDo.filter(({ kind }) => kind === 'unexpected-open' || kind === 'wildcard-open');
  const fresh = findings.filter(({ isNew }) => isNew);
  const resolved = inOrder(snapshot.resolved).map((finding) =>
    findingRow(finding, named(finding.owner), words),
  );
  return {
    ...snapshot,
    title,
    documentTitle: visibleText(`${title}: ${snapshot.audit}, ${snapshot.finishedAt.slice(0, 10)}`),
    verdict: verdictView(snapshot, words),
    failed: snapshot.verdict === 'failed',
    findings: findingsView(findings),
    resolved,
    tally: SEVERITIES.map((severity) => ({
      severity,
      swatch: swatch(severity),
      count: toDo.filter((finding) => finding.severity === severity).length,
    })),
    counts: reportTotals(snapshot),
    chart: kindChart(snapshot.findings, words),
    exposed: cut(exposed, EXPOSED_ON_SUMMARY),
    fresh: cut(fresh, CHANGES_ON_SUMMARY),
    gone: cut(resolved, CHANGES_ON_SUMMARY),
    coverage: coverageView(snapshot, words),
    hosts: snapshot.hosts.map((host) => hostRow(host, named(host.owner), words)),
    exceptions: snapshot.exceptions.map((exception) => ({ ...exception, ports: portList(exception.ports) })),
    expired: snapshot.exceptions.filter(({ expired }) => expired).length,
    owners: ownerRows(snapshot),
    scan: {
      started: words.instant(snapshot.startedAt),
      finished: words.instant(snapshot.finishedAt),
      took: duration(Date.parse(snapshot.finishedAt) - Date.parse(snapshot.startedAt), words),
    },
    day: words.day(snapshot.finishedAt),
    portsText: /^[\d,\s-]+$/.test(snapshot.ports) ? portList(snapshot.ports) : null,
    argumentsText: snapshot.arguments.map(quoteArgument).join(' '),
  };
}

const verdictView = ({ verdict }: ReportSnapshot, words: Catalogue) => ({
  name: verdict,
  word: words.say(`run.word.${verdict}`),
  means: words.say(`run.means.${verdict}`),
});

/** The one that we give ourselves is ours to translate; another is as it was recorded. */
function titleIn({ title }: ReportSnapshot, words: Catalogue): string {
  return title === wordsIn('en').say('run.title') ? words.say('run.title') : title;
}

type Named = { readonly id: string; readonly name: string; readonly email: string | null } | null;

function findingRow(finding: ReportFinding, owner: Named, words: Catalogue) {
  const where = endpoint(finding.address, finding.port) ?? finding.host;
  return {
    ...finding,
    owner,
    /** `127.0.0.2:8080`, `[::1]:22`; the host's name where the finding has no address. */
    where,
    /** Longer than any address with its port: a name, which may wrap. */
    isLong: where.length > 48,
    showsHost: finding.address !== null && finding.host !== finding.address,
    adviceSaid: adviceIn(finding, words),
    firstSeen: words.instant(finding.firstSeen),
    firstDay: words.instant(finding.firstSeen).slice(0, 10),
    lastSeen: words.instant(finding.lastSeen),
    hasStates: finding.declared !== null || finding.observed !== null,
  };
}

/** In the report's language, where what was recorded is what is still advised of such a finding; else null: it stands as recorded. */
function adviceIn(finding: ReportFinding, words: Catalogue): string | null {
  if (words.language === 'en' || finding.advice !== advise(finding)) return null;
  return words.say(`advice.${finding.kind}`, { declared: finding.declared ?? '' });
}

type Row = ReturnType<typeof findingRow> & { readonly rank: number };

/** Cards where they are few, else groups of those that share everything but their place, owner and evidence. */
function findingsView<T extends Row>(findings: readonly T[]) {
  const total = findings.length;
  if (total <= CARDS_AT_MOST) {
    const toDo = findings.filter(({ state }) => state !== 'accepted');
    return { total, toDo, accepted: findings.filter(({ state }) => state === 'accepted'), groups: null };
  }
  const groups = new Map<string, { readonly shared: T; readonly rows: T[] }>();
  for (const finding of findings) {
    const { kind, severity, declared, observed, state, advice, severityReasons } = finding;
    const key = JSON.stringify([kind, severity, declared, observed, state, advice, severityReasons]);
    const group = groups.get(key) ?? { shared: finding, rows: [] };
    group.rows.push(finding);
    groups.set(key, group);
  }
  return { total, toDo: [], accepted: [], groups: Array.from(groups.values()) };
}

function endpoint(address: string | null, port: number | null): string | null {
  if (address === null || port === null) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** By severity, then host, then address and port as numbers: 127.0.0.9 before 127.0.0.10. */
function inOrder(findings: readonly ReportFinding[]): ReportFinding[] {
  const keyed = findings.map((finding) => ({
    finding,
    severity: SEVERITIES.indexOf(finding.severity),
    address: parseAddress(finding.address ?? '') ?? -1n,
  }));
  keyed.sort(
    (a, b) =>
      Number(a.finding.state === 'accepted') - Number(b.finding.state === 'accepted') ||
      a.severity - b.severity ||
      natural.compare(a.finding.host, b.finding.host) ||
      compare(a.address, b.address) ||
      (a.finding.port ?? -1) - (b.finding.port ?? -1) ||
      compare(a.finding.kind, b.finding.kind),
  );
  return keyed.map(({ finding }) => finding);
}

/** node-2 before node-10, the same on every machine. */
const natural = new Intl.Collator('en', { numeric: true });

const compare = <T extends string | bigint>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

function cut<T>(rows: readonly T[], most: number) {
  return { rows: rows.slice(0, most), more: Math.max(0, rows.length - most), total: rows.length };
}

function exceptionsByHost(exceptions: readonly ReportException[]) {
  const byHost = new Map<string, Array<ReportException & { readonly set: PortSet }>>();
  for (const exception of exceptions) {
    const listed = byHost.get(exception.host) ?? [];
    listed.push({ ...exception, set: PortSet.parse(exception.ports) });
    byHost.set(exception.host, listed);
  }
  return byHost;
}

function coveringException(
  exceptions: ReadonlyArray<ReportException & { readonly set: PortSet }> | undefined,
  port: number | null,
) {
  const found = exceptions?.find(({ set, expired }) => !expired && port !== null && set.has(port));
  return found ? { reason: found.reason, approvedBy: found.approvedBy } : null;
}

function hostRow(host: ReportHost, owner: Named, words: Catalogue) {
  const states = (['closed', 'filtered', 'unreachable', 'unknown'] as const)
    .map((state) => ({
      state,
      size: PortSet.parse(host[state]).size,
      ports: portList(host[state], limits[state]),
    }))
    .filter(({ size }) => size > 0);
  const address = parseAddress(host.address);
  return {
    ...host,
    owner,
    address: address === null ? host.address : formatAddress(address),
    named: host.host !== host.address,
    isLong: host.address.length > 24,
    isOverlong: host.address.length > 45,
    tags: host.tags.join(', '),
    open: portList(host.open),
    states,
    connect: host.medianConnectMs === null ? null : milliseconds(host.medianConnectMs, words),
  };
}

const limits = {
  closed: RANGES_SHOWN,
  filtered: RANGES_SHOWN,
  unreachable: RANGES_SHOWN,
  unknown: RANGES_SHOWN,
};

/** A set of ports for reading: its ranges up to a limit, and how many ports and ranges that leaves out. */
function portList(text: string, most = Number.POSITIVE_INFINITY) {
  const set = PortSet.parse(text);
  const ranges = Array.from(set.ranges(), ([first, last]) =>
    first === last ? `${first}` : `${first}-${last}`,
  );
  const shown = ranges.length > most + 2 ? ranges.slice(0, most) : ranges;
  const left = set.subtract(PortSet.parse(shown.join(',')));
  return {
    size: set.size,
    ranges: shown,
    more: shown.length === ranges.length ? null : { ranges: ranges.length - shown.length, ports: left.size },
  };
}

function coverageView({ coverage, hosts }: ReportSnapshot, words: Catalogue) {
  const parts = splitCoverage(coverage);
  const size = (state: 'open' | 'closed' | 'filtered' | 'unreachable' | 'unknown') =>
    hosts.reduce((sum, host) => sum + PortSet.parse(host[state]).size, 0);
  const listed = {
    ...{ open: size('open'), closed: size('closed'), filtered: size('filtered') },
    ...{ unreachable: size('unreachable'), unknown: size('unknown') },
  };
  const total = Object.values(listed).reduce((sum, count) => sum + count, 0);
  return {
    ...coverage,
    ...parts,
    hasGap: parts.unaccounted !== 0,
    bar: coverageBar(coverage, words),
    answeredShare: percent(parts.answered, coverage.expected, words),
    silentShare: percent(parts.silent, coverage.expected, words),
    unknownShare: percent(parts.unknown, coverage.expected, words),
    probedShare: percent(coverage.probed, coverage.expected, words),
    listed: { ...listed, total },
    tiesOut: total === coverage.expected && listed.unknown === coverage.unknown,
  };
}

/** Every declared owner, and every one that a finding or host names though nobody declared it. */
function ownerRows({ owners, findings, hosts }: ReportSnapshot) {
  const rows = new Map(owners.map((owner) => [owner.id, { ...owner, findings: 0, hosts: 0 }]));
  const row = (id: string) => {
    const known = rows.get(id) ?? { id, name: id, email: null, findings: 0, hosts: 0 };
    rows.set(id, known);
    return known;
  };
  for (const { owner, state } of findings) if (owner !== null && state !== 'accepted') row(owner).findings++;
  for (const { owner } of hosts) if (owner !== null) row(owner).hosts++;
  return Array.from(rows.values()).sort((a, b) => b.findings - a.findings || compare(a.id, b.id));
}

const quoteArgument = (text: string): string =>
  /^[\w./:@=,+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
