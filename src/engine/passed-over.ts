/*
 * The probes of a plan that are not ours to make: addresses that are not allowed at this moment, ports whose answer is
 * known. As sorted stretches of indices, so that a worker finds out with one binary search, and mostly with none.
 */
import { type AddressNumber } from '../domain/address-number.js';
import { AddressSet, parseAddress } from '../domain/address-set.js';
import { normalise } from '../domain/intervals.js';
import { PortSet } from '../domain/port-set.js';
import type { ScanPlan } from '../domain/scan-plan.js';
import type { IndexStretches } from './index-stretches.js';

export function passedOver({
  targets,
  allowed,
  known,
}: Pick<ScanPlan, 'targets' | 'allowed' | 'known'>): IndexStretches {
  const pairs: [number, number][] = [];
  const knownHosts = hostsOf(known);
  let firstIndex = 0;
  for (const { addresses, ports } of targets) {
    const denied = allowed ? addresses.subtract(allowed) : AddressSet.empty;
    for (const [first, last] of ports.isEmpty ? [] : addresses.ranges()) {
      const indexOf = (address: AddressNumber): number => firstIndex + Number(address - first) * ports.size;
      for (const [lo, hi] of within(denied, first, last)) pairs.push([indexOf(lo), indexOf(hi + 1n)]);
      for (let i = placeOf(knownHosts, first); i < knownHosts.length && knownHosts[i]!.address <= last; i++) {
        const at = indexOf(knownHosts[i]!.address);
        for (const [from, to] of placesOf(knownHosts[i]!.ports, ports)) pairs.push([at + from, at + to]);
      }
      firstIndex = indexOf(last + 1n);
    }
  }
  return shared(normalise(pairs));
}

interface KnownHost {
  readonly address: AddressNumber;
  readonly ports: PortSet;
}

function hostsOf(known: ReadonlyMap<string, PortSet> | undefined): KnownHost[] {
  const hosts: KnownHost[] = [];
  for (const [text, ports] of known ?? []) {
    const address = parseAddress(text);
    if (address !== null) hosts.push({ address, ports });
  }
  return hosts.sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** The place of the first host that is not below the address. */
function placeOf(hosts: readonly KnownHost[], address: AddressNumber): number {
  let lo = 0;
  let hi = hosts.length;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (hosts[mid]!.address < address) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

function* within(
  set: AddressSet,
  first: AddressNumber,
  last: AddressNumber,
): Generator<readonly [AddressNumber, AddressNumber]> {
  for (const [lo, hi] of set.ranges()) {
    if (hi < first || lo > last) continue;
    yield [lo > first ? lo : first, hi < last ? hi : last];
  }
}

/** Where known ports stand in a target's list of ports: pairs of places, half-open. */
function* placesOf(known: PortSet, ports: PortSet): Generator<readonly [number, number]> {
  let place = 0;
  for (const [first, last] of ports.ranges()) {
    for (const [lo, hi] of known.intersect(PortSet.range(first, last)).ranges()) {
      yield [place + lo - first, place + hi + 1 - first];
    }
    place += last - first + 1;
  }
}

function shared(bounds: readonly number[]): IndexStretches {
  const stretches = new Float64Array(new SharedArrayBuffer(bounds.length * 8));
  stretches.set(bounds);
  return stretches;
}
