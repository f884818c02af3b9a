/*
 * What is declared for one address, seen from one vantage.
 *
 * The host is the most exact one that the address belongs to: the smallest set of addresses, be they written or
 * resolved from its DNS names. Of its declarations the more exact wins, port by port: host over group, then the
 * one of fewer ports. Ports that nothing declares are in no set here; `undeclared` is the caller's to apply.
 */
import { AddressSet, parseAddress } from './address-set.js';
import type { Expect } from './expect.js';
import type { Declaration, Declared, Expectations, Group, Host, Inventory } from './inventory.js';
import { PortSet } from './port-set.js';

/** The addresses of each DNS name, as they were looked up. */
export type ResolvedNames = ReadonlyMap<string, readonly string[]>;

export function expectationsFor(
  inventory: Inventory,
  address: string,
  vantage: string,
  resolved?: ResolvedNames,
): Expectations {
  return expectationsIndex(inventory, vantage, resolved)(address);
}

type Lookup = (address: string) => Expectations;

/** Where no names are looked up it is the same for as long as the inventory is, and pages of a large one ask again and again. */
const made = new WeakMap<Inventory, Map<string, Lookup>>();

/** Made once, asked for every address: a look-up is a binary search over the hosts' addresses. */
export function expectationsIndex(inventory: Inventory, vantage: string, resolved?: ResolvedNames): Lookup {
  if (resolved && resolved.size > 0) return indexOf(inventory, vantage, resolved);
  const known = made.get(inventory) ?? new Map<string, Lookup>();
  made.set(inventory, known);
  const index = known.get(vantage) ?? indexOf(inventory, vantage, new Map());
  known.set(vantage, index);
  return index;
}

function indexOf(inventory: Inventory, vantage: string, resolved: ResolvedNames): Lookup {
  const hostAt = hostIndex(inventory.hosts, resolved);
  const groupsByAddress = inventory.groups.filter(({ addresses }) => !addresses.isEmpty);
  const groupsByTag = new Map<string, Group[]>();
  for (const group of inventory.groups) {
    for (const tag of group.tags) groupsByTag.set(tag, [...(groupsByTag.get(tag) ?? []), group]);
  }
  const order = new Map(inventory.groups.map((group, i) => [group, i]));
  /** A block's addresses mostly share what is declared. */
  const known = new Map<Host, Map<string, Expectations>>();

  return (text) => {
    const address = parseAddress(text);
    const host = address === null ? null : hostAt(address);
    if (address === null || host === null) return NOTHING;
    const groups = new Set([
      ...host.tags.flatMap((tag) => groupsByTag.get(tag) ?? []),
      ...groupsByAddress.filter(({ addresses }) => addresses.has(address)),
    ]);
    const inOrder = [...groups].sort((a, b) => order.get(a)! - order.get(b)!);
    const key = inOrder.map((group) => order.get(group)).join(' ');
    const ofHost = known.get(host) ?? new Map<string, Expectations>();
    known.set(host, ofHost);
    const before = ofHost.get(key);
    if (before) return before;
    const made = expectationsOf(host, inOrder, vantage);
    ofHost.set(key, made);
    return made;
  };
}

/**
 * What is declared of a host as a whole, wherever its addresses are: also of one that has DNS names alone. A group that is about a
 * part of the host's addresses counts for all of it.
 */
export function hostExpectations(inventory: Inventory, vantage: string): (host: Host) => Expectations {
  const byAddress = inventory.groups.filter(({ addresses }) => !addresses.isEmpty);
  const byTag = inventory.groups.filter(({ tags }) => tags.length > 0);
  return (host) => {
    const tagged = byTag.filter(({ tags }) => tags.some((tag) => host.tags.includes(tag)));
    const around = byAddress.filter(({ addresses }) => !addresses.intersect(host.addresses).isEmpty);
    const among = new Set([...tagged, ...around]);
    return expectationsOf(
      host,
      inventory.groups.filter((group) => among.has(group)),
      vantage,
    );
  };
}

const NOTHING: Expectations = {
  host: null,
  open: PortSet.empty,
  closed: PortSet.empty,
  filtered: PortSet.empty,
  declared: [],
};

function expectationsOf(host: Host, groups: readonly Group[], vantage: string): Expectations {
  const levels = [host.ports, groups.flatMap(({ ports }) => ports)];
  const declared: Declared[] = [];
  let taken = PortSet.empty;
  for (const declaration of levels.flatMap((level) => exactFirst(level, vantage))) {
    const ports = declaration.ports.subtract(taken);
    if (ports.isEmpty) continue;
    declared.push({ ...declaration, ports, owner: declaration.owner ?? host.owner, host });
    taken = taken.union(ports);
  }
  const expected = (expect: Expect): PortSet =>
    PortSet.unionOf(declared.filter((one) => one.expect === expect).map(({ ports }) => ports));
  return {
    host,
    open: expected('open'),
    closed: expected('closed'),
    filtered: expected('filtered'),
    declared,
  };
}

/** Those that hold at the vantage, the ones of few ports first; equals keep their order in the file. */
function exactFirst(declarations: readonly Declaration[], vantage: string): Declaration[] {
  return declarations
    .filter(({ from }) => from === null || from.includes(vantage))
    .sort((a, b) => a.ports.size - b.ports.size);
}

interface Claim {
  readonly host: Host;
  readonly lo: bigint;
  readonly hi: bigint;
  /** Lower is more exact. */
  readonly size: bigint;
  readonly isWritten: boolean;
}

/** Cuts the space into stretches of one host each: the most exact of those that claim the stretch. */
function hostIndex(hosts: readonly Host[], resolved: ResolvedNames): (address: bigint) => Host | null {
  const claims = hosts.flatMap((host) => claimsOf(host, resolved));
  claims.sort((a, b) => (a.lo < b.lo ? -1 : a.lo > b.lo ? 1 : 0)); // stable: equals keep the file's order
  const edges = [...new Set(claims.flatMap(({ lo, hi }) => [lo, hi]))].sort((a, b) =>
    a < b ? -1 : a > b ? 1 : 0,
  );
  const starts: bigint[] = [];
  const owners: Array<Host | null> = [];
  let active: Claim[] = [];
  let next = 0;
  for (const edge of edges) {
    active = active.filter(({ hi }) => hi > edge);
    for (; next < claims.length && claims[next]!.lo === edge; next++) active.push(claims[next]!);
    starts.push(edge);
    owners.push(mostExact(active));
  }
  return (address) => owners[lastAtOrBelow(starts, address)] ?? null;
}

function claimsOf(host: Host, resolved: ResolvedNames): Claim[] {
  const found = host.names
    .flatMap((name) => resolved.get(name) ?? [])
    .map((address) => AddressSet.parse(address));
  const named = AddressSet.unionOf(found).subtract(host.addresses);
  const size = host.addresses.size + named.size;
  return [host.addresses, named].flatMap((set, i) =>
    Array.from(set.ranges(), ([first, last]) => ({
      host,
      lo: first,
      hi: last + 1n,
      size,
      isWritten: i === 0,
    })),
  );
}

function mostExact(claims: readonly Claim[]): Host | null {
  let best: Claim | null = null;
  for (const claim of claims) {
    if (!best || claim.size < best.size || (claim.size === best.size && claim.isWritten && !best.isWritten)) {
      best = claim;
    }
  }
  return best?.host ?? null;
}

/** -1 where the address lies before the first start. */
function lastAtOrBelow(starts: readonly bigint[], address: bigint): number {
  let lo = 0;
  let hi = starts.length;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (starts[mid]! <= address) lo = mid + 1;
    else hi = mid;
  }
  return lo - 1;
}
