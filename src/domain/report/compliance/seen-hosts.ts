/*
 * What trustworthy runs could tell of hosts, address by address: what the shares of "seen" are counted from. Pure; a look more never
 * makes less of it.
 *
 * The trap: where everything on an address says open, no port of it is believed, so that it counts as not seen.
 */

import type { Host } from '../../inventory.js';
import { PortSet } from '../../port-set.js';
import type { SubjectService } from '../subject.js';
import type { SeenAddress, StandingFinding } from './compliance-facts.js';

/** Ports by vantage. */
type Told = ReadonlyMap<string, PortSet>;

export type SeenHosts = ReadonlyMap<string, ReadonlyMap<string, Told>>;

/** A block of addresses may be larger than a number can count; beyond this it is as good as any. */
const MOST_ADDRESSES = 1n << 32n;

export function seenHosts(seen: readonly SeenAddress[], findings: readonly StandingFinding[]): SeenHosts {
  const disbelieved = new Set(
    findings.filter(({ kind }) => kind === 'wildcard-open').map(({ address }) => address),
  );
  const hosts = new Map<string, Map<string, Map<string, PortSet>>>();
  for (const { host, address, vantage, ports } of seen) {
    if (ports.isEmpty || disbelieved.has(address)) continue;
    const addresses = hosts.get(host) ?? new Map<string, Map<string, PortSet>>();
    const told = addresses.get(address) ?? new Map<string, PortSet>();
    told.set(vantage, ports.union(told.get(vantage) ?? PortSet.empty));
    hosts.set(host, addresses.set(address, told));
  }
  return hosts;
}

export const isSeen = (seen: SeenHosts, { name }: Host): boolean => (seen.get(name)?.size ?? 0) > 0;

/** Could each of the ports be judged at each of the host's addresses, from one vantage or another? */
export function isSeenWhole(seen: SeenHosts, host: Host, ports: PortSet): boolean {
  let whole = 0;
  for (const told of seen.get(host.name)?.values() ?? [])
    if (ports.subtract(PortSet.unionOf(told.values())).isEmpty) whole++;
  return whole > 0 && whole >= addressesOf(seen, host);
}

/** Pairs of address and declared port, and how many of them could be judged from where the declaration holds. */
export function pairsOf(
  seen: SeenHosts,
  { declared: { host, ports }, vantages }: SubjectService,
): { readonly pairs: number; readonly pairsSeen: number } {
  let pairsSeen = 0;
  for (const told of seen.get(host.name)?.values() ?? [])
    pairsSeen += PortSet.unionOf(vantages.map((one) => told.get(one) ?? PortSet.empty)).intersect(ports).size;
  const pairs = addressesOf(seen, host) * ports.size;
  return { pairs: Math.max(pairs, pairsSeen), pairsSeen };
}

/** Those that are written, and those where its names were seen to lead; a name that led nowhere is one that nobody saw. */
function addressesOf(seen: SeenHosts, { name, addresses, names }: Host): number {
  const { size } = addresses;
  const written = Number(size < MOST_ADDRESSES ? size : MOST_ADDRESSES);
  if (names.length === 0) return written;
  let led = 0;
  for (const address of seen.get(name)?.keys() ?? []) if (!addresses.has(address)) led++;
  return written + Math.max(1, led);
}
