/*
 * What an audit looks at, and whether it may: its hosts, their addresses and ports, cut to the scopes of today.
 *
 * Exclusions always win, and an address that no scope allows refuses the whole audit rather than being skipped
 * in silence. DNS names come in resolved; a name that did not resolve keeps its ports in the plan as `unknown`, and so does
 * one of which a look-up failed. Only a swept block may hold excluded addresses: they are left out.
 */
import { AddressSet, formatAddress } from './address-set.js';
import { isPast } from './day.js';
import { expectationsIndex } from './expectations.js';
import type { Audit, Expectations, Host, Inventory, Scope } from './inventory.js';
import { PortSet } from './port-set.js';
import { failedOf, failureKey, type Resolved } from './resolved.js';
import { probeCount, type Target } from './scan-plan.js';
import { holdsHost, spellAt } from './window.js';

/** `ports: declared` differs from address to address, so that these are listed one by one, up to here. */
const MOST_LISTED_ADDRESSES = 65_536n;
/** A /8 with 4,096 ports, or a day at a million probes a second: more is a slip of the pen. */
const MOST_PROBES = 2n ** 36n;

export interface AuditPlan {
  readonly inventory: Inventory;
  readonly audit: Audit;
  readonly vantage: string;
  readonly hosts: readonly Host[];
  readonly targets: readonly Target[];
  readonly addresses: AddressSet;
  /** Those among them that the hosts' DNS names gave. */
  readonly resolved: AddressSet;
  /** Where its hosts' names led at the start, and at the run before. */
  readonly names: { readonly now: Resolved; readonly before: Resolved };
  readonly expect: (address: string) => Expectations;
  readonly portsOf: (address: string) => PortSet;
  /** Names without an address, and look-ups that failed (`name AAAA`): what they lead to can't be probed, and is unknown. */
  readonly unresolved: ReadonlyArray<{ readonly host: Host; readonly name: string; readonly ports: PortSet }>;
  /** The scopes that allow it. */
  readonly scopes: readonly Scope[];
  readonly ratePerSecond: number;
  /** What must be probed gently, wherever it is. */
  readonly fragile: AddressSet;
  /** Pairs of address and port that were ordered, those of unresolved names among them. */
  readonly expected: number;
}

export type Planned =
  | { readonly ok: true; readonly plan: AuditPlan }
  | { readonly ok: false; readonly why: string };

export function planAudit(
  inventory: Inventory,
  audit: Audit,
  where: { vantage: string; today: string; resolved: Resolved; before?: Resolved },
): Planned {
  const { vantage, today, resolved } = where;
  if (!audit.from.includes(vantage)) {
    return no(`the audit '${audit.name}' is to run from ${audit.from.join(', ')}, and this is ${vantage}`);
  }
  const hosts = inventory.hosts.filter((host) => selects(audit, host));
  const whole = hosts.filter((host) => selectsWhole(audit, host));
  const { addresses, beyond, scopes } = inScope(inventory, audit, whole, where);
  if (!beyond.isEmpty) return no(outOfScope(beyond, hosts, inventory, today, resolved));

  const expect = expectationsIndex(inventory, vantage, resolved);
  const portsOf = (address: string): PortSet =>
    audit.ports.kind === 'fixed' ? audit.ports.ports : declaredPorts(expect(address));
  if (audit.ports.kind === 'declared' && addresses.size > MOST_LISTED_ADDRESSES) {
    return no(
      `the audit '${audit.name}' asks for declared ports on ${addresses.size} addresses; expected at most ${MOST_LISTED_ADDRESSES}`,
    );
  }
  const targets =
    audit.ports.kind === 'fixed' ? [{ addresses, ports: audit.ports.ports }] : listed(addresses, portsOf);
  const probes = targets.reduce((sum, one) => sum + one.addresses.size * BigInt(one.ports.size), 0n);
  if (probes > MOST_PROBES) {
    return no(`the audit '${audit.name}' asks for ${probes} probes; expected at most ${MOST_PROBES}`);
  }
  const unresolved = whole.flatMap((host) =>
    host.names
      .flatMap((name) => unansweredOf(name, resolved))
      .map((name) => ({ host, name, ports: portsOfName(inventory, audit, host, vantage) })),
  );
  const plan: AuditPlan = {
    ...{ inventory, audit, vantage, hosts, targets, addresses, expect, portsOf, unresolved, scopes },
    resolved: AddressSet.unionOf(whole.map((host) => resolvedOf(host, resolved))),
    names: { now: resolved, before: where.before ?? new Map() },
    ratePerSecond: Math.min(
      audit.ratePerSecond,
      ...scopes.map((scope) => scope.maxRatePerSecond ?? Infinity),
    ),
    fragile: fragileIn(inventory),
    expected: probeCount(targets) + unresolved.reduce((sum, { ports }) => sum + ports.size, 0),
  };
  return { ok: true, plan };
}

/** What may be looked at, what was asked for and may not, and the scopes that allow the former. */
function inScope(
  inventory: Inventory,
  audit: Audit,
  whole: readonly Host[],
  { today, resolved }: { today: string; resolved: Resolved },
): { addresses: AddressSet; beyond: AddressSet; scopes: readonly Scope[] } {
  const chosen = AddressSet.unionOf(whole.map((host) => addressesOf(host, resolved)));
  const swept = sweepOf(audit);
  const excluded = AddressSet.unionOf(inventory.scopes.map((scope) => scope.exclude));
  const allowed = allowedOn(today, inventory);
  const addresses = chosen.union(swept).intersect(allowed);
  // A block or a sweep may have holes: what is excluded within is left out. A host that is excluded whole is refused.
  const forbidden = whole.map((host) => addressesOf(host, resolved).stretchesWithin(excluded));
  return {
    addresses,
    beyond: AddressSet.unionOf([chosen.union(swept).subtract(allowed).subtract(excluded), ...forbidden]),
    scopes: validOn(today, inventory).filter((scope) => !scope.allow.intersect(addresses).isEmpty),
  };
}

const validOn = (today: string, { scopes }: Inventory): readonly Scope[] =>
  scopes.filter((scope) => scope.until === null || !isPast(scope.until, today));

/** What may be scanned on a day: what a scope allows that still holds, less what any scope excludes. */
export function allowedOn(today: string, inventory: Inventory): AddressSet {
  if (inventory.scopes.length === 0) return AddressSet.loopback;
  const excluded = AddressSet.unionOf(inventory.scopes.map((scope) => scope.exclude));
  return AddressSet.unionOf(validOn(today, inventory).map((scope) => scope.allow)).subtract(excluded);
}

/** The addresses of hosts that are in a blackout by themselves: nothing is sent there now. */
export function blackedOut({ windows, hosts }: Inventory, resolved: Resolved, now: Date): AddressSet {
  const sets: AddressSet[] = [];
  for (const window of windows) {
    if (window.kind !== 'blackout' || window.hosts === null || !spellAt(window, now)) continue;
    // An audit's blackout keeps its runs waiting, and leaves out nothing.
    if (!window.hosts.all) sets.push(window.hosts.addresses);
    for (const host of hosts) if (holdsHost(window, host)) sets.push(addressesOf(host, resolved));
  }
  return AddressSet.unionOf(sets);
}

/** What any scope calls fragile, also one that has ended: leave to scan runs out, fragility does not. */
export function fragileIn({ scopes }: Inventory): AddressSet {
  return AddressSet.unionOf(scopes.map((scope) => scope.fragile));
}

/** Is the host one of those that the audit looks at? */
export function selects(audit: Audit, host: Host): boolean {
  return selectsWhole(audit, host) || !sweepOf(audit).intersect(host.addresses).isEmpty;
}

/** By name or tag, and so with all of its addresses. One that an audit's `addresses` touch gives no more than these. */
export function selectsWhole({ hosts }: Audit, host: Host): boolean {
  return hosts.all || hosts.names.includes(host.name) || hosts.tags.some((tag) => host.tags.includes(tag));
}

/** Addresses that the audit names itself, be a host declared there or not. */
export const sweepOf = ({ hosts }: Audit): AddressSet => (hosts.all ? AddressSet.empty : hosts.addresses);

const no = (why: string): Planned => ({ ok: false, why });

function addressesOf(host: Host, resolved: Resolved): AddressSet {
  return host.names.length === 0 ? host.addresses : host.addresses.union(resolvedOf(host, resolved));
}

function resolvedOf({ names }: Host, resolved: Resolved): AddressSet {
  const addresses = names.flatMap((name) => resolved.get(name) ?? []);
  return AddressSet.unionOf(addresses.map((address) => AddressSet.parse(address)));
}

function unansweredOf(name: string, resolved: Resolved): string[] {
  if (!resolved.get(name)?.length) return [name];
  return failedOf(resolved, name).map((type) => failureKey(name, type));
}

const declaredPorts = (expectations: Expectations): PortSet =>
  PortSet.unionOf(expectations.declared.map((declaration) => declaration.ports));

/** A name without an address still has ports that are declared for it, by its host or by a group with its tag. */
function portsOfName(inventory: Inventory, audit: Audit, host: Host, vantage: string): PortSet {
  if (audit.ports.kind === 'fixed') return audit.ports.ports;
  const groups = inventory.groups.filter(({ tags }) => tags.some((tag) => host.tags.includes(tag)));
  const declared = [host, ...groups].flatMap(({ ports }) => ports);
  const here = declared.filter(({ from }) => from === null || from.includes(vantage));
  return PortSet.unionOf(here.map(({ ports }) => ports));
}

/** Addresses with the same declared ports share a target. */
function listed(addresses: AddressSet, portsOf: (address: string) => PortSet): Target[] {
  const byPorts = new Map<string, { ports: PortSet; sets: AddressSet[] }>();
  for (const address of addresses) {
    const ports = portsOf(formatAddress(address));
    if (ports.isEmpty) continue;
    const text = ports.toString();
    const entry = byPorts.get(text) ?? { ports, sets: [] };
    entry.sets.push(AddressSet.ofNumber(address));
    byPorts.set(text, entry);
  }
  return Array.from(byPorts.values(), ({ ports, sets }) => ({ ports, addresses: AddressSet.unionOf(sets) }));
}

function outOfScope(
  beyond: AddressSet,
  hosts: readonly Host[],
  inventory: Inventory,
  today: string,
  resolved: Resolved,
): string {
  const host = hosts.find((one) => !addressesOf(one, resolved).intersect(beyond).isEmpty);
  const who = `${beyond.toStrings().slice(0, 3).join(', ')}${host ? ` (host '${host.name}')` : ''}`;
  if (inventory.scopes.length === 0) {
    return `${who} is out of scope; no scope is declared, so that only loopback may be scanned`;
  }
  const ended = inventory.scopes.find(
    (scope) => scope.until !== null && isPast(scope.until, today) && !scope.allow.intersect(beyond).isEmpty,
  );
  if (ended) return `${who} is out of scope; the scope '${ended.name}' ended on ${ended.until}`;
  const excluding = inventory.scopes.find((scope) => !scope.exclude.intersect(beyond).isEmpty);
  if (excluding) return `${who} is out of scope; the scope '${excluding.name}' excludes it`;
  return `${who} is out of scope; expected an address that a scope allows`;
}
