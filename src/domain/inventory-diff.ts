/*
 * What changes when one inventory takes the place of another, thing by thing. What means the same is no change: the order
 * of a file, its comments, or how it is cut into files.
 *
 * Each thing of an inventory becomes a key that says what it is, and a text that says what stands there. The trap is
 * declarations: they have no name, so that one is known by its host (or group), its ports and its vantages.
 */
import type { Audit, Declaration, HostSelector, Inventory, Window } from './inventory.js';
import { periodText } from './report/schedule/last-days.js';
import { AFTER_RUN, type ScheduledReport } from './report/schedule/scheduled-report.js';
import { diffRoutes } from './route-changes.js';
import { scheduleKey } from './schedule.js';

export interface Change {
  readonly change: 'added' | 'removed' | 'changed';
  /** `host web-1`, `port 443 of host web-1`, `audit nightly`. */
  readonly what: string;
  /** As it stood, and as it is to stand; null where there was or will be nothing. */
  readonly before: string | null;
  readonly after: string | null;
}

/** In the order of the file's sections, then by name. */
export function diffInventories(before: Inventory | null, after: Inventory): Change[] {
  const old = before ? factsOf(before) : new Map<string, string>();
  const fresh = factsOf(after);
  const changes: Change[] = [];
  for (const what of new Set([...old.keys(), ...fresh.keys()])) {
    const [was, is] = [old.get(what) ?? null, fresh.get(what) ?? null];
    if (was === is) continue;
    const change = was === null ? 'added' : is === null ? 'removed' : 'changed';
    changes.push({ change, what, before: was, after: is });
  }
  changes.push(...diffRoutes(before?.routes ?? [], after.routes));
  return changes.sort((a, b) => orderOf(a.what) - orderOf(b.what) || (a.what < b.what ? -1 : 1));
}

const SECTIONS = [
  'owner',
  'scope',
  'vantage',
  'host',
  'port',
  'group',
  'undeclared',
  'audit',
  'window',
  'exception',
  'deadlines',
  'receiver',
  'route',
  'report',
];

const orderOf = (what: string): number => SECTIONS.indexOf(what.split(' ')[0]!);

function factsOf(inventory: Inventory): Map<string, string> {
  const facts = new Map<string, string>();
  const add = (what: string, values: Readonly<Record<string, unknown>>): void => {
    facts.set(what, textOf(values));
  };
  for (const { id, name, email, receivers } of inventory.owners.values())
    add(`owner ${id}`, { name, email, receivers: [...receivers].sort() });
  for (const { name, place: _, ...scope } of inventory.scopes) add(`scope ${name}`, scope);
  for (const { name, canaries } of inventory.vantages)
    add(`vantage ${name}`, {
      canaries: canaries.map(({ address, port, expect }) => `${address} ${port} ${expect}`).sort(),
    });
  for (const { name, ports, place: _, tags, names, ...host } of inventory.hosts) {
    add(`host ${name}`, { ...host, names: [...names].sort(), tags: [...tags].sort() });
    for (const one of ports) add(portKey(one, `host ${name}`), declarationOf(one));
  }
  for (const { tags, addresses, ports } of inventory.groups) {
    const group = `group of ${[...tags].sort().join(', ')}${addresses.isEmpty ? '' : ` ${addresses}`}`;
    add(group, {});
    for (const one of ports) add(portKey(one, group), declarationOf(one));
  }
  add('undeclared', { expect: inventory.undeclared });
  for (const audit of inventory.audits) add(`audit ${audit.name}`, auditOf(audit));
  for (const window of inventory.windows) add(`window ${window.name}`, windowOf(window));
  // Several may cover the same ports: each is a risk that somebody has taken, and taking it back is a change.
  for (const { host, ports, approvedBy, expires, reason } of inventory.exceptions)
    add(`exception for ${ports} of host ${host}, by ${approvedBy} until ${expires}`, { reason });
  add('deadlines', inventory.deadlines);
  for (const { name, place: _, ...receiver } of inventory.receivers) add(`receiver ${name}`, receiver);
  for (const report of inventory.reports) add(`report ${report.name}`, reportOf(report));
  return facts;
}

function portKey({ ports, from }: Declaration, of: string): string {
  return `port ${ports} of ${of}${from === null ? '' : ` from ${[...from].sort().join(', ')}`}`;
}

function declarationOf({
  ports: _,
  from: __,
  place: ___,
  ...rest
}: Declaration): Readonly<Record<string, unknown>> {
  return rest;
}

function auditOf({
  name: _,
  place: __,
  ports: ___,
  hosts,
  schedule,
  from,
  ...rest
}: Audit): Record<string, unknown> {
  return {
    ...rest,
    hosts: selectorOf(hosts),
    schedule: schedule ? scheduleKey(schedule) : null,
    from: [...from].sort(),
  };
}

function reportOf({
  name: _,
  place: __,
  schedule,
  period,
  audits,
  tags,
  to,
  keepDays,
  ...rest
}: ScheduledReport) {
  return {
    ...{ ...rest, audits: [...audits].sort(), tags: [...tags].sort(), to: [...to].sort() },
    schedule: schedule === AFTER_RUN ? schedule : scheduleKey(schedule),
    period: period && periodText(period),
    keep: keepDays === null ? null : `${keepDays} days`,
  };
}

function windowOf({ name: _, place: __, time, hosts, ...rest }: Window): Record<string, unknown> {
  const when =
    time.kind === 'once'
      ? `${time.from.toISOString()} to ${time.until.toISOString()}`
      : `${scheduleKey(time.schedule)}, for ${time.lastsMs / 60_000} min`;
  return { ...rest, when, hosts: hosts && selectorOf(hosts) };
}

function selectorOf(hosts: HostSelector): string {
  if (hosts.all) return 'all';
  const { names, tags, addresses } = hosts;
  return [
    ...[...names].sort(),
    ...[...tags].sort().map((tag) => `tag ${tag}`),
    ...addresses.toStrings(),
  ].join(', ');
}

/** `expect open, service https`: what is not there is left out. */
function textOf(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([key, value]) => [key, plain(value)] as const)
    .filter(([, text]) => text !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, text]) => `${key} ${text}`)
    .join(', ');
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(plain).join(' ');
  if (typeof value !== 'object') return String(value);
  // Sets of addresses and ports say themselves what they are.
  if (Object.getPrototypeOf(value) !== Object.prototype) return String(value);
  return Object.entries(value)
    .map(([key, one]) => `${key} ${plain(one)}`)
    .join(' ');
}

/** `~ port 443 of host web-1: expect open → expect filtered` */
export function changeLine({ change, what, before, after }: Change): string {
  if (change === 'added') return `+ ${what}${after ? `: ${after}` : ''}`;
  if (change === 'removed') return `- ${what}${before ? `: ${before}` : ''}`;
  return `~ ${what}: ${before} → ${after}`;
}
