/*
 * May every declared address be scanned, and does it belong to one host only?
 *
 * Exclusions of any scope win over every allowance. With no scope declared only loopback may be scanned; once
 * one is declared, nothing is implied. A host may lie strictly inside another (a machine within a block), and
 * then the smaller one speaks; DNS names are judged when they are resolved, at the time of a scan.
 */
import { AddressSet } from './address-set.js';
import type { Audit, Host, Inventory } from './inventory.js';
import { overlaps, type Stretch } from './inventory-overlaps.js';
import { MOST_PROBLEMS, type Problem, problem, quoted } from './inventory-problem.js';
import type { Place } from './place.js';

/** Finds the place of a host's address; asked for only when something is wrong with it. */
export type AddressPlace = (host: Host, within: AddressSet) => Place;

export function addressProblems(inventory: Inventory, placeOf: AddressPlace): Problem[] {
  return [
    ...scopeProblems(inventory, placeOf),
    ...sharedAddresses(inventory.hosts, placeOf),
    ...sharedNames(inventory.hosts),
  ];
}

function scopeProblems({ scopes, hosts, audits, vantages }: Inventory, placeOf: AddressPlace): Problem[] {
  const allowed =
    scopes.length === 0 ? AddressSet.loopback : AddressSet.unionOf(scopes.map(({ allow }) => allow));
  const excluded = AddressSet.unionOf(scopes.map(({ exclude }) => exclude));
  const nowhere =
    scopes.length === 0 ? 'no scope is declared, so that only loopback may be scanned' : 'no scope allows it';
  const problems: Problem[] = [];
  for (const host of hosts) {
    // A block may have holes: what is excluded within it is left out. What is excluded whole was a mistake.
    const forbidden = host.addresses.stretchesWithin(excluded);
    const beyond = host.addresses.subtract(allowed).subtract(excluded);
    if (!forbidden.isEmpty) {
      const by = scopes.find(({ exclude }) => !exclude.intersect(forbidden).isEmpty)!;
      const what = `${shown(forbidden)} of host ${quoted(host.name)} is excluded by the scope ${quoted(by.name)}`;
      problems.push(problem(placeOf(host, forbidden), what, by.place));
    }
    if (!beyond.isEmpty) {
      const what = `${shown(beyond)} of host ${quoted(host.name)} is out of scope; ${nowhere}`;
      problems.push(problem(placeOf(host, beyond), what));
    }
  }
  for (const { address, place } of vantages.flatMap(({ canaries }) => canaries)) {
    if (allowed.union(AddressSet.loopback).subtract(excluded).has(address)) continue;
    problems.push(
      problem(place, `the canary ${address} is out of scope; expected an address that may be scanned`),
    );
  }
  for (const audit of audits) {
    const beyond = sweptBy(audit).subtract(allowed).subtract(excluded);
    const what = `${shown(beyond)} of audit ${quoted(audit.name)} is out of scope; ${nowhere}`;
    if (!beyond.isEmpty) problems.push(problem(audit.place, what));
  }
  return problems;
}

const sweptBy = (audit: Audit): AddressSet => (audit.hosts.all ? AddressSet.empty : audit.hosts.addresses);

function sharedAddresses(hosts: readonly Host[], placeOf: AddressPlace): Problem[] {
  const stretches: Array<Stretch<bigint, number>> = [];
  hosts.forEach(({ addresses }, item) => {
    for (const [first, last] of addresses.ranges()) stretches.push({ lo: first, hi: last + 1n, item });
  });
  const problems = new Map<string, Problem>();
  for (const [a, b] of overlaps(stretches)) {
    const [first, second] =
      a.item < b.item ? [hosts[a.item]!, hosts[b.item]!] : [hosts[b.item]!, hosts[a.item]!];
    const key = `${Math.min(a.item, b.item)} ${Math.max(a.item, b.item)}`;
    if (problems.has(key) || isStrictlyInside(first, second) || isStrictlyInside(second, first)) continue;
    const shared = first.addresses.intersect(second.addresses);
    const what = `${shown(shared)} belongs to host ${quoted(second.name)} and to host ${quoted(first.name)}`;
    problems.set(key, problem(placeOf(second, shared), what, placeOf(first, shared)));
    if (problems.size >= MOST_PROBLEMS) break;
  }
  return [...problems.values()];
}

function isStrictlyInside(inner: Host, outer: Host): boolean {
  return inner.addresses.size < outer.addresses.size && outer.addresses.containsAll(inner.addresses);
}

function sharedNames(hosts: readonly Host[]): Problem[] {
  const seen = new Map<string, Host>();
  const problems: Problem[] = [];
  for (const host of hosts) {
    for (const name of host.names) {
      const first = seen.get(name);
      const what = `${name} belongs to host ${quoted(host.name)} and to host ${quoted(first?.name ?? '')}`;
      if (first) problems.push(problem(host.place, what, first.place));
      else seen.set(name, host);
    }
  }
  return problems;
}

/** The first few stretches of a set. */
function shown(set: AddressSet): string {
  const parts = set.toStrings();
  return parts.slice(0, 3).join(', ') + (parts.length > 3 ? ` and ${parts.length - 3} more` : '');
}
