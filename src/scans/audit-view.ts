/*
 * An audit as pages show it: in the list, on the overview, and on its own page. Pure.
 */
import type { Estimated } from '../domain/audit-estimate.js';
import type { Audit } from '../domain/inventory.js';
import { duration, instant, instantOrNull } from '../platform/page-times.js';
import { agendaView, durationText, scheduleText } from './agenda-view.js';
import type { AuditFacts } from './audit-book.js';
import { runView } from './run-view.js';

export type AuditView = ReturnType<typeof auditView>;

export function auditView(facts: AuditFacts, now: Date) {
  const { audit, last, going, progress, trusted, isOurs, hosts } = facts;
  return {
    ...agendaView(facts, now),
    name: audit.name,
    path: encodeURIComponent(audit.name),
    hosts: audit.hosts.all ? `all ${hosts} hosts` : selectorText(audit.hosts),
    hostCount: hosts,
    ports: audit.portsText,
    schedule: audit.schedule ? scheduleText(audit.schedule) : null,
    elsewhere: isOurs ? null : audit.from.join(', '),
    last: last && runView(last, now),
    going: going && progress,
    trusted: trusted && { runId: trusted.runId, at: instant(trusted.at, now) },
  };
}

export function selectorText({ names, tags, addresses }: Extract<Audit['hosts'], { all: false }>): string {
  const parts = [...names, ...tags.map((tag) => `tag ${tag}`), ...addresses.toStrings()];
  return parts.length > 4 ? `${parts.slice(0, 3).join(', ')} and ${parts.length - 3} more` : parts.join(', ');
}

/** How it probes, row by row. */
export function definitionView(audit: Audit, hosts: number) {
  const { confirm, place } = audit;
  const looks = ({ times, of }: Audit['open']): string =>
    of === 1 ? 'by one look' : `by ${times} of the last ${of} looks`;
  const rows: Array<[string, string]> = [
    ['Hosts', `${audit.hosts.all ? 'all' : selectorText(audit.hosts)} (${hosts} in the inventory)`],
    ['Ports', audit.portsText],
    ['Schedule', audit.schedule ? scheduleText(audit.schedule) : 'none: it runs by hand'],
  ];
  if (audit.jitterMs > 0) rows.push(['Jitter', `up to ${durationText(audit.jitterMs)} later`]);
  rows.push(
    ['A slot that was missed', audit.catchUp === 'once' ? 'runs once, late' : 'is left out'],
    ['From', audit.from.join(', ')],
    ['Waits for an answer', durationText(audit.timeoutMs)],
    ['Tries silence again', audit.retries === 1 ? 'once' : `${audit.retries} times`],
    ['Rate', rateText(audit)],
    [
      'Confirms drift',
      confirm.times === 0
        ? 'no: one look is believed'
        : `by ${confirm.times} more look${confirm.times === 1 ? '' : 's'}, ${durationText(confirm.afterMs)} apart`,
    ],
    ['A finding opens', looks(audit.open)],
    ['A finding is resolved', looks(audit.resolve)],
    ['Declared in', `${place.file}, line ${place.line}`],
  );
  return rows.map(([term, text]) => ({ term, text }));
}

function rateText({ ratePerSecond, ratePerHost, ratePerSubnet }: Audit): string {
  const parts = [`${ratePerSecond} probes a second`];
  if (ratePerHost !== null) parts.push(`${ratePerHost} to one address`);
  if (ratePerSubnet !== null) parts.push(`${ratePerSubnet} to one subnet`);
  return parts.join(', ');
}

export function estimateView(estimated: Estimated) {
  if (!estimated.ok) return { problem: estimated.why, it: null };
  const { atLeastMs, ratePerSecond, ...rest } = estimated;
  return {
    problem: null,
    it: {
      ...rest,
      rate: Number.isFinite(ratePerSecond) ? ratePerSecond : null,
      atLeast: duration(Math.max(1000, atLeastMs)).replace('.0 s', ' s'),
    },
  };
}

/** The audits' next runs, the soonest first. */
export function nextRuns(audits: readonly AuditFacts[], now: Date, most: number) {
  return audits
    .filter((one): one is AuditFacts & { next: Date } => one.next !== null)
    .sort((a, b) => a.next.getTime() - b.next.getTime())
    .slice(0, most)
    .map(({ audit, next }) => ({
      name: audit.name,
      path: encodeURIComponent(audit.name),
      at: instantOrNull(next, now)!,
    }));
}
