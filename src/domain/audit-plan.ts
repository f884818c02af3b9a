/*
 * What an audit looks at, and whether it may: its hosts, their addresses and ports, cut to the scopes of today.
 *
 * Exclusions always win, and an address that no scope allows refuses the whole audit rather than being skipped
 * in silence. DNS names come in resolved; a name that did not resolve keeps its ports in the plan as `unknown`.
 */
import { AddressSet, formatAddress } from './address-set.js';
import { isPast } from './day.js';
import { expectationsIndex } from './expectations.js';
import type { Audit, Expectations, Host, Inventory, Scope } from './inventory.js';
import { PortSet } from './port-set.js';
import { probeCount, type Target } from './scan-plan.js';

/** `ports: declared` differs from address to address, so that these are listed one by one, up to here. */
const MOST_LISTED_ADDRESSES = 65_536n;

/** The addresses of a DNS name, as they were at the run's start. */
export type Resolved = ReadonlyMap<string, readonly string[]>;

export interface AuditPlan {
  readonly inventory: Inventory;
  readonly audit: Audit;
  readonly vantage: string;
  readonly hosts: readonly Host[];
  readonly targets: readonly Target[];
  readonly addresses: AddressSet;
  readonly expect: (address: string) => Expectations;
  readonly portsOf: (address: string) => PortSet;
  /** Names without an address: their ports can't be probed, and count as unknown. */
  readonly unresolved: ReadonlyArray<{ readonly host: Host; readonly name: string; readonly ports: PortSet }>;
  /** The scopes that allow it. */
  readonly scopes: readonly Scope[];
  readonly ratePerSecond: number;
  /** Pairs of address and port that were ordered, those of unresolved names among them. */
  readonly expected: number;
}

export type Planned =
  | { readonly ok: true; readonly plan: AuditPlan }
  | { readonly ok: false; readonly why: string };

export function planAudit(
  inventory: Inventory,
  audit: Audit,
  where: { vantage: string; today: string; resolved: Resolved },
): Planned {
  const { vantage, today, resolved } = where;
  if (!audit.from.includes(vantage)) {
    return no(`the audit '${audit.name}' is to run from ${audit.from.join(', ')}, and this is ${vantage}`);
  }
  const hosts = inventory.hosts.filter((host) => selects(audit, host));
  const chosen = AddressSet.unionOf([
    ...hosts.map((host) => addressesOf(host, resolved)),
    ...(audit.hosts.all ? [] : [audit.hosts.addresses]),
  ]);
  const excluded = AddressSet.unionOf(inventory.scopes.map((scope) => scope.exclude));
  const scopes = inventory.scopes.filter((scope) => scope.until === null || !isPast(scope.until, today));
  const allowed =
    inventory.scopes.length === 0
      ? AddressSet.loopback
      : AddressSet.unionOf(scopes.map((scope) => scope.allow)).subtract(excluded);
  const swept = audit.hosts.all ? AddressSet.empty : audit.hosts.addresses;
  const beyond = chosen.subtract(allowed).subtract(swept.intersect(excluded));
  if (!beyond.isEmpty) return no(outOfScope(beyond, hosts, inventory, today, resolved));

  const addresses = chosen.intersect(allowed);
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
  const unresolved = hosts.flatMap((host) =>
    host.names
      .filter((name) => !resolved.get(name)?.length)
      .map((name) => ({ host, name, ports: portsOfName(audit, host) })),
  );
  const used = scopes.filter((scope) => !scope.allow.intersect(addresses).isEmpty);
  return {
    ok: true,
    plan: {
      inventory,
      audit,
      vantage,
      hosts,
      targets,
      addresses,
      expect,
      portsOf,
      unresolved,
      scopes: used,
      ratePerSecond: Math.min(
        audit.ratePerSecond,
        ...used.map((scope) => scope.maxRatePerSecond ?? Infinity),
      ),
      expected: probeCount(targets) + unresolved.reduce((sum, { ports }) => sum + ports.size, 0),
    },
  };
}

/** Is the host one of those that the audit looks at? */
export function selects(audit: Audit, host: Host): boolean {
  if (audit.hosts.all) return true;
  return (
    audit.hosts.names.includes(host.name) ||
    audit.hosts.tags.some((tag) => host.tags.includes(tag)) ||
    !audit.hosts.addresses.intersect(host.addresses).isEmpty
  );
}

const no = (why: string): Planned => ({ ok: false, why });

function addressesOf(host: Host, resolved: Resolved): AddressSet {
  const named = host.names
    .flatMap((name) => resolved.get(name) ?? [])
    .map((address) => AddressSet.parse(address));
  return AddressSet.unionOf([host.addresses, ...named]);
}

const declaredPorts = (expectations: Expectations): PortSet =>
  PortSet.unionOf(expectations.declared.map((declaration) => declaration.ports));

function portsOfName(audit: Audit, host: Host): PortSet {
  return audit.ports.kind === 'fixed'
    ? audit.ports.ports
    : PortSet.unionOf(host.ports.map(({ ports }) => ports));
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
