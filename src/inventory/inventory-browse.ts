/*
 * Two pages of the inventory: all of it, host by host, and one host. Pure.
 *
 * What is counted over all hosts is counted once for each version and day.
 */
import type { Host, Inventory } from '../domain/inventory.js';
import { periodText } from '../domain/report/schedule/last-days.js';
import { AFTER_RUN } from '../domain/report/schedule/scheduled-report.js';
import { scheduleKey } from '../domain/schedule.js';
import { tagsOf } from '../domain/tags.js';
import { serviceName } from '../domain/top-ports.js';
import type { FoundPort } from './inventory.queries.js';
import {
  chooseHosts,
  declarationRow,
  type HostFilter,
  hostRow,
  WANTS,
  type Want,
  wantsOf,
} from './inventory-view.js';

const LISTED_MOST = 200;

interface Facts {
  readonly today: string;
  readonly tags: readonly string[];
  readonly wants: Readonly<Record<Want, number>>;
  readonly declarations: number;
  readonly hostsOf: ReadonlyMap<string, number>;
}

const known = new WeakMap<Inventory, Facts>();

function factsOf(inventory: Inventory, today: string): Facts {
  const before = known.get(inventory);
  if (before?.today === today) return before;
  const wants = { owner: 0, review: 0, reason: 0 };
  const hostsOf = new Map<string, number>();
  let declarations = 0;
  for (const host of inventory.hosts) {
    for (const want of wantsOf(host, today)) wants[want]++;
    declarations += host.ports.length;
    if (host.owner !== null) hostsOf.set(host.owner, (hostsOf.get(host.owner) ?? 0) + 1);
  }
  const tags = tagsOf(inventory.hosts).slice(0, LISTED_MOST);
  const facts = { today, tags, wants, declarations, hostsOf };
  known.set(inventory, facts);
  return facts;
}

const WANT_LABELS: Readonly<Record<Want, string>> = {
  owner: 'with an open port that nobody owns',
  review: 'whose review is overdue',
  reason: 'with an open port without a reason',
};

export function browseView(
  inventory: Inventory,
  filter: HostFilter,
  at: { readonly page: number; readonly size: number; readonly today: string; readonly version: string },
) {
  const { page, size, today, version } = at;
  const { tags, wants, declarations, hostsOf } = factsOf(inventory, today);
  const chosen = chooseHosts(inventory, filter, today);
  const last = Math.max(1, Math.ceil(chosen.length / size));
  const here = Math.min(page, last);
  const link = (more: Record<string, string>): string =>
    `/inventory?${new URLSearchParams(Object.entries({ ...filter, ...more }).filter(([, value]) => value !== ''))}`;
  return {
    filter,
    isFiltered: Object.values(filter).some((value) => value !== ''),
    counts: {
      ...{ hosts: inventory.hosts.length, declarations, owners: inventory.owners.size },
      ...{ scopes: inventory.scopes.length, audits: inventory.audits.length },
    },
    wants: WANTS.filter((want) => wants[want] > 0).map((want) => ({
      ...{ want, count: wants[want], label: WANT_LABELS[want], chosen: filter.wants === want },
      link: `/inventory?wants=${want}`,
    })),
    owners: [...inventory.owners.values()].slice(0, LISTED_MOST).map(({ id, name, email, receivers }) => ({
      ...{ id, name, email, receivers: receivers.join(', '), hosts: hostsOf.get(id) ?? 0 },
      ...{ chosen: filter.owner === id, link: `/inventory?${new URLSearchParams({ owner: id })}` },
      form: formOf('owners', { subject: id }),
    })),
    moreOwners: Math.max(0, inventory.owners.size - LISTED_MOST),
    tags: tags.map((tag) => ({ tag, chosen: filter.tag === tag })),
    scopes: inventory.scopes.slice(0, LISTED_MOST).map((scope) => ({
      ...{
        name: scope.name,
        allow: shortSet(scope.allow),
        authorisedBy: scope.authorisedBy,
        until: scope.until,
      },
      exclude: scope.exclude.isEmpty ? null : shortSet(scope.exclude),
      isOver: scope.until !== null && scope.until < today,
      rate: scope.maxRatePerSecond,
      form: formOf('scopes', { subject: scope.name }),
    })),
    ...restOf(inventory, version),
    hosts: chosen.slice((here - 1) * size, here * size).map((host) => hostRow(host, inventory, today)),
    pages: {
      ...{ page: here, last, total: chosen.length },
      previous: here > 1 ? link({ page: String(here - 1) }) : null,
      next: here < last ? link({ page: String(here + 1) }) : null,
    },
  };
}

const formOf = (section: string, of: Record<string, string>): string =>
  `/inventory/entries/${section}?${new URLSearchParams(of)}`;

/** What is neither a host, nor an owner, nor a scope. */
function restOf({ vantages, groups, undeclared, deadlines, reports }: Inventory, version: string) {
  return {
    reports: reports.slice(0, LISTED_MOST).map(({ name, kind, schedule, period, owner, to }) => ({
      ...{ name, kind, owner, to: to.join(', '), period: period && periodText(period) },
      when: schedule === AFTER_RUN ? 'after each run' : scheduleKey(schedule),
      form: formOf('reports', { subject: name }),
    })),
    vantages: vantages.slice(0, LISTED_MOST).map(({ name, canaries }) => ({
      ...{ name, form: formOf('vantages', { subject: name }) },
      canaries: canaries.map(({ address, port, expect }) => `${address} ${port} ${expect}`).join(', '),
    })),
    groups: groups.slice(0, LISTED_MOST).map(({ tags, addresses, ports, place }, at) => ({
      match: [...tags.map((tag) => `tag ${tag}`), ...(addresses.isEmpty ? [] : [shortSet(addresses)])].join(
        ', ',
      ),
      ports: ports.map((one) => `${one.ports} ${one.expect}`).join(', '),
      ...{ place: `${place.file}:${place.line}`, form: formOf('groups', { at: String(at), version }) },
    })),
    ...{ isIgnored: undeclared === 'ignored', deadlines },
  };
}

const SET_SHOWN = 4;

function shortSet(set: { toStrings(): string[] }): string {
  const all = set.toStrings();
  return (
    all.slice(0, SET_SHOWN).join(', ') + (all.length > SET_SHOWN ? ` and ${all.length - SET_SHOWN} more` : '')
  );
}

export function hostView(host: Host, inventory: Inventory, found: readonly FoundPort[], today: string) {
  const groups = inventory.groups.filter(
    ({ tags, addresses }) =>
      tags.some((tag) => host.tags.includes(tag)) || !addresses.intersect(host.addresses).isEmpty,
  );
  return {
    host: {
      ...hostRow(host, inventory, today),
      link: encodeURIComponent(host.name),
      addresses: [...host.addresses.toStrings(), ...host.names].join(', '),
      ownerId: host.owner ?? '',
      tagText: host.tags.join(', '),
    },
    criticalities: ['low', 'medium', 'high'].map((value) => ({ value, chosen: host.criticality === value })),
    declarations: host.ports.map((one) => declarationRow(one, inventory, today)),
    fromGroups: groups.flatMap(({ ports }) => ports.map((one) => declarationRow(one, inventory, today))),
    unexpected: found.map((one) => ({ ...one, service: one.service ?? serviceName(one.port) })),
    owners: [...inventory.owners.keys()].slice(0, LISTED_MOST),
  };
}
