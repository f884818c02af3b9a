/*
 * What a scan that goes on somewhere in its order has left: the ports of a host whose turn is still to come.
 */
import { PortPlaces } from '../domain/port-places.js';
import { PortSet } from '../domain/port-set.js';
import type { ScanPlan } from '../domain/scan-plan.js';
import { inversePermutation } from '../engine/permutation.js';

/**
 * For the host at a place among the addresses: those of some of its ports that stand at `from` or later. The plan has one
 * target, with these ports.
 */
export function stillToCome(
  { from, to, seed }: Pick<ScanPlan, 'from' | 'to' | 'seed'>,
  ports: PortSet,
): (host: number, among: PortSet) => PortSet {
  if (from === 0) return (_, among) => among;
  const positionOf = inversePermutation(to, seed);
  const places = new PortPlaces(ports);
  return (host, among) => {
    const left: number[] = [];
    places.eachStretch(among, (first, last) => {
      for (let at = first; at <= last; at++) {
        if (positionOf(host * places.size + at) >= from) left.push(places.portAt(at));
      }
    });
    return PortSet.from(left);
  };
}
