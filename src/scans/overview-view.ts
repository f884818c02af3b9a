/*
 * The overview as its page shows it. Pure. Numbers of findings lead to the list that they are of, by its own filter.
 */
import { SEVERITIES, type Severity } from '../domain/drift.js';
import type { VersionedInventory } from '../inventory/inventory.service.js';
import { instant } from '../platform/page-times.js';
import { auditView, nextRuns } from './audit-view.js';
import type { OverviewFacts } from './overview.js';
import type { Moved, StandingCell } from './overview.queries.js';
import { runRow } from './run-list.js';
import { endpoint, isAsExpected } from './run-view.js';
import { LOCAL_VANTAGE } from './scheduler.js';
import type { Standing } from './standing.js';

const OWNERS_SHOWN = 8;
const NEXT_SHOWN = 5;
/** What the list of findings calls those that nobody owns. */
const UNOWNED = 'nobody named';

export function overviewView(facts: OverviewFacts) {
  const { at: now, book, standing, gate, runs, version } = facts;
  const { current } = book;
  const audits = book.audits.map((one) => auditView(one, now));
  return {
    stream: `/progress?since=${encodeURIComponent(version)}`,
    going: audits.filter(({ going }) => going !== null).length,
    blind: gate?.blindness ? { runId: gate.runId, why: gate.blindness, at: instant(gate.at, now) } : null,
    inventory: current && inventoryView(current, now),
    audits,
    next: nextRuns(book.audits, now, NEXT_SHOWN),
    findings: standingView(standing, current, now),
    scanner: scannerView(facts),
    runs: runs.map((run) => runRow(run, progressOf(book, run.id), now)),
  };
}

const progressOf = ({ audits }: OverviewFacts['book'], id: string) =>
  audits.find(({ going }) => going?.id === id)?.progress ?? null;

function inventoryView({ path, sha256, loadedAt, inventory }: VersionedInventory, now: Date) {
  return {
    ...{ path, sha256, short: sha256.slice(0, 12) },
    loaded: instant(loadedAt, now),
    hosts: inventory.hosts.length,
  };
}

/** Can the scanner be believed, and since when has it been? */
function scannerView({ at: now, book: { audits }, gate, diskLeft }: OverviewFacts) {
  const trusted = audits.flatMap(({ trusted: last }) => last ?? []);
  const last = trusted.reduce<(typeof trusted)[number] | null>(
    (latest, one) => (latest && latest.at >= one.at ? latest : one),
    null,
  );
  return {
    vantage: LOCAL_VANTAGE,
    gate: gate && {
      runId: gate.runId,
      at: instant(gate.at, now),
      sees: gate.blindness === null,
      right: gate.seen.filter(isAsExpected).length,
      total: gate.seen.length,
    },
    trusted: last && { runId: last.runId, at: instant(last.at, now) },
    stale: audits.filter(({ staleSince }) => staleSince !== null).length,
    paused: audits.filter(({ agenda }) => agenda?.pausedAt != null).length,
    disk: diskLeft === null ? null : sizeText(diskLeft),
  };
}

const sizeText = (bytes: number): string =>
  bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${Math.round(bytes / 2 ** 20)} MiB`;

function standingView(standing: Standing, current: VersionedInventory | null, now: Date) {
  const { cells, ages, countedAt, fresh, again, resolved } = standing;
  const sum = (state: StandingCell['state'], severity: Severity | null = null): number =>
    cells.reduce(
      (all, cell) =>
        cell.state === state && (severity === null || cell.severity === severity) ? all + cell.count : all,
      0,
    );
  const severities = SEVERITIES.map((severity) => {
    const age = ages.find((one) => one.severity === severity);
    const { day = 0, week = 0, month = 0, older = 0, overdue = 0 } = age ?? {};
    const [open, acknowledged] = [sum('open', severity), sum('acknowledged', severity)];
    return { severity, open, acknowledged, day, week, month, older, overdue };
  });
  return {
    counted: instant(countedAt, now),
    open: sum('open'),
    acknowledged: sum('acknowledged'),
    accepted: sum('accepted'),
    suspected: sum('suspected'),
    overdue: severities.reduce((all, { overdue }) => all + overdue, 0),
    severities,
    owners: ownersView(cells, current),
    ...{ fresh: movedView(fresh, now), again: movedView(again, now), resolved: movedView(resolved, now) },
    isQuiet: fresh.count + again.count + resolved.count === 0,
  };
}

const movedView = ({ count, first }: Moved, now: Date) => ({
  count,
  more: count - first.length,
  first: first.map(({ at, address, port, host, ...row }) => ({
    ...row,
    where: endpoint(address, port) ?? host,
    host: address !== null && host !== address ? host : null,
    at: instant(at, now),
  })),
});

/** Those who have to do something, the most urgent first. */
function ownersView(cells: readonly StandingCell[], current: VersionedInventory | null) {
  const byOwner = new Map<string | null, Record<Severity, number> & { open: number }>();
  for (const { state, severity, owner, count } of cells) {
    if (state !== 'open') continue;
    const row = byOwner.get(owner) ?? { critical: 0, high: 0, medium: 0, low: 0, open: 0 };
    row[severity] += count;
    row.open += count;
    byOwner.set(owner, row);
  }
  const urgency = ([, a]: [unknown, Record<Severity, number>], [, b]: [unknown, Record<Severity, number>]) =>
    SEVERITIES.map((severity) => b[severity] - a[severity]).find((difference) => difference !== 0) ?? 0;
  const rows = [...byOwner].sort(urgency);
  return {
    more: Math.max(0, rows.length - OWNERS_SHOWN),
    rows: rows.slice(0, OWNERS_SHOWN).map(([owner, { open, critical, high }]) => ({
      name: owner === null ? null : (current?.inventory.owners.get(owner)?.name ?? owner),
      path: `/findings?state=open&owner=${encodeURIComponent(owner ?? UNOWNED)}`,
      ...{ open, critical, high },
    })),
  };
}
